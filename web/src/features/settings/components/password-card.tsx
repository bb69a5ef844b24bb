// Changes the password.
import { type FormEvent, useState } from "react";
import { FormFault } from "@/components/form-fault";
import { PasswordInput } from "@/components/password-input";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import { fieldFault, formFault } from "@/lib/problem";
import { useChangePassword } from "../api/change-password";

export function PasswordCard() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useChangePassword();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { current_password: current, new_password: next },
      {
        onSuccess: () => {
          setCurrent("");
          setNext("");
          toast.done("Your password is changed.");
        },
      },
    );
  };

  return (
    <Card aria-labelledby="password-title">
      <CardTitle id="password-title">Password</CardTitle>
      <form onSubmit={submit} className="mt-4 max-w-md space-y-4">
        <Field label="Current password" error={fieldFault(change.error, "current_password")}>
          {(control) => (
            <PasswordInput
              {...control}
              autoComplete="current-password"
              required
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field label="New password" error={fieldFault(change.error, "new_password")}>
          {(control) => (
            <PasswordInput
              {...control}
              autoComplete="new-password"
              required
              value={next}
              onChange={(event) => setNext(event.target.value)}
            />
          )}
        </Field>
        <FormFault error={formFault(change.error, ["current_password", "new_password"])} />
        <Button type="submit" busy={change.isPending}>
          Change password
        </Button>
      </form>
    </Card>
  );
}
