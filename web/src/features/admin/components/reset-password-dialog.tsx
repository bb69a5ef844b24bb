// Makes a new password for an account, shown once, to be told to its owner.
import { FormFault } from "@/components/form-fault";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import type { AdminUser } from "@/types/api-types";
import { useResetPassword } from "../api/users";

export function ResetPasswordDialog({ user, onClose }: { user: AdminUser; onClose: () => void }) {
  const reset = useResetPassword(user.id);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`A new password for ${user.username}`}
      description={
        reset.data
          ? "It is shown only now. Tell it to them, and to change it in their settings."
          : "The old password stops working, and they are signed out everywhere."
      }
    >
      {reset.data ? (
        <Input
          readOnly
          aria-label="The new password"
          className="font-mono"
          value={reset.data}
          onFocus={(event) => event.target.select()}
        />
      ) : (
        <FormFault error={reset.error} />
      )}
      <div className="mt-5 flex justify-end gap-2">
        {reset.data ? (
          <Button onClick={onClose}>Done</Button>
        ) : (
          <>
            <Button variant="secondary" onClick={onClose}>
              Cancel
            </Button>
            <Button busy={reset.isPending} onClick={() => reset.mutate()}>
              Make a new password
            </Button>
          </>
        )}
      </div>
    </Dialog>
  );
}
