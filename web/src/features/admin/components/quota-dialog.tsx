// How much an account may upload.
import { type FormEvent, useState } from "react";
import { FormFault } from "@/components/form-fault";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import type { AdminUser } from "@/types/api-types";
import { useChangeUser } from "../api/users";

const bytesPerGb = 1_000_000_000;

export function QuotaDialog({ user, onClose }: { user: AdminUser; onClose: () => void }) {
  const quota = user.quota_bytes;
  const [gigabytes, setGigabytes] = useState(
    typeof quota === "number" ? String(quota / bytesPerGb) : "",
  );
  const change = useChangeUser(user.id);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = gigabytes.trim();
    change.mutate(
      { quota_bytes: value === "" ? null : Math.round(Number(value) * bytesPerGb) },
      {
        onSuccess: () => {
          toast.done("Saved.");
          onClose();
        },
      },
    );
  };

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={`Space for ${user.username}`}>
      <form onSubmit={submit} className="space-y-4">
        <Field label="Gigabytes" hint="Empty: as this server gives to everyone.">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={0}
              step="any"
              inputMode="decimal"
              value={gigabytes}
              onChange={(event) => setGigabytes(event.target.value)}
            />
          )}
        </Field>
        <FormFault error={change.error} />
        <div className="flex justify-end gap-2">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" busy={change.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
