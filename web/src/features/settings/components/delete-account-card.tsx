// Deletes the account with all its videos, after the password.
import { useState } from "react";
import { useNavigate } from "react-router";
import { FormFault } from "@/components/form-fault";
import { PasswordInput } from "@/components/password-input";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import { paths } from "@/config/paths";
import { useDeleteAccount } from "../api/delete-account";

export function DeleteAccountCard() {
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState("");
  const remove = useDeleteAccount();
  const navigate = useNavigate();

  // By its promise: with the person this page goes before the mutation ends. A refusal is shown in the form.
  const confirm = () =>
    remove.mutateAsync(password).then(
      () => {
        toast.done("Your account and its videos are deleted.");
        return navigate(paths.home.href());
      },
      () => undefined,
    );

  return (
    <Card aria-labelledby="delete-title">
      <CardTitle id="delete-title">Delete my account</CardTitle>
      <p className="mt-1.5 max-w-prose text-sm text-muted-foreground">
        Deletes your account, your channel and all your videos from this server. Nobody can undo it.
      </p>
      <Button variant="danger" className="mt-4" onClick={() => setAsking(true)}>
        Delete my account
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={(open) => {
          setAsking(open);
          setPassword("");
          remove.reset();
        }}
        title="Delete your account?"
        description="All your videos go with it, for everyone, at once and for good."
        action="Delete for good"
        busy={remove.isPending}
        onConfirm={() => void confirm()}
      >
        <div className="space-y-4">
          <Field label="Your password">
            {(control) => (
              <PasswordInput
                {...control}
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <FormFault error={remove.error} />
        </div>
      </ConfirmDialog>
    </Card>
  );
}
