// Invitations: make one and pass its link on, or take it back.
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { paths } from "@/config/paths";
import { sentenceOf } from "@/lib/problem";
import type { Invitation } from "@/types/api-types";
import { formatAgo, formatDay } from "@/utils/format";
import { useCreateInvitation, useInvitations, useRevokeInvitation } from "../api/invitations";

export function Invitations() {
  const query = useInvitations();
  const create = useCreateInvitation();
  const [made, setMade] = useState<Invitation | null>(null);
  const [note, setNote] = useState("");
  const invite = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(note.trim(), {
      onSuccess: (invitation) => {
        setNote("");
        setMade(invitation);
      },
      onError: (error) => toast.fault(sentenceOf(error)),
    });
  };

  return (
    <>
      <form onSubmit={invite} className="mb-5 flex flex-wrap items-end gap-3">
        <div className="min-w-56 flex-1">
          <Field label="Whom it is for" hint="Each invitation lets one person create an account.">
            {(control) => (
              <Input
                {...control}
                maxLength={200}
                value={note}
                onChange={(event) => setNote(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Button type="submit" className="mb-[1.625rem]" busy={create.isPending}>
          <Plus aria-hidden="true" />
          New invitation
        </Button>
      </form>
      {query.isPending && <Skeleton className="h-40 rounded-2xl" />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <EmptyState title="No invitations" />}
      {query.data && query.data.length > 0 && (
        <ul className="divide-y rounded-2xl border bg-card">
          {query.data.map((invitation) => (
            <li key={invitation.id}>
              <InvitationRow invitation={invitation} nowMs={query.dataUpdatedAt} />
            </li>
          ))}
        </ul>
      )}
      {made && <MadeDialog invitation={made} onClose={() => setMade(null)} />}
    </>
  );
}

function InvitationRow({ invitation, nowMs }: { invitation: Invitation; nowMs: number }) {
  const revoke = useRevokeInvitation();
  const used = Boolean(invitation.used_at);
  const revoked = Boolean(invitation.revoked_at);
  const expired = !used && !revoked && new Date(invitation.expires_at).getTime() < nowMs;
  return (
    <div className="flex items-center gap-4 p-4">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-medium">{invitation.note || "Invitation"}</span>
          {invitation.used_by && <Badge tone="good">Used by {invitation.used_by}</Badge>}
          {revoked && <Badge>Revoked</Badge>}
          {expired && <Badge>Expired</Badge>}
        </p>
        <p className="text-sm text-muted-foreground">
          Made {formatAgo(invitation.created_at)} · good until {formatDay(invitation.expires_at)}
        </p>
      </div>
      {!used && !revoked && !expired && (
        <Button
          variant="danger-ghost"
          size="sm"
          busy={revoke.isPending}
          onClick={() =>
            revoke.mutate(invitation.id, {
              onSuccess: () => toast.done("The invitation is revoked."),
              onError: (error) => toast.fault(sentenceOf(error)),
            })
          }
        >
          Revoke
        </Button>
      )}
    </div>
  );
}

function MadeDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const link = location.origin + paths.invitation.href(invitation.code ?? "");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Invitation made"
      description="Send this link to the person you invite. It is good for one account, and is shown only now."
    >
      <Input
        readOnly
        aria-label="Link of the invitation"
        value={link}
        onFocus={(event) => event.target.select()}
      />
      <div className="mt-4 flex justify-end">
        <Button onClick={onClose}>Done</Button>
      </div>
    </Dialog>
  );
}
