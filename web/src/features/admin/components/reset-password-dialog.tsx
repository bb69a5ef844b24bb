// Gives an account a new password, to be told to its owner.
import { type FormEvent, useState } from "react";
import { FormFault } from "@/components/form-fault";
import { PasswordInput } from "@/components/password-input";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import type { AdminUser } from "@/types/api-types";
import { useResetPassword } from "../api/users";

export function ResetPasswordDialog({ user, onClose }: { user: AdminUser; onClose: () => void }) {
  const [password, setPassword] = useState("");
  const reset = useResetPassword(user.id);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate(password, {
      onSuccess: () => {
        toast.done(`${user.username} has a new password.`);
        onClose();
      },
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`A new password for ${user.username}`}
      description="They are signed out everywhere. Tell them the new password, and to change it in their settings."
    >
      <form onSubmit={submit} className="space-y-4">
        <Field label="New password">
          {(control) => (
            <PasswordInput
              {...control}
              autoComplete="off"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <FormFault error={reset.error} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={reset.isPending}>
            Set password
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
