// Invitations: make one and pass its link on, or take it back.
import { Plus } from "lucide-react";
import { useState } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
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
  const invite = () =>
    create.mutate(undefined, {
      onSuccess: setMade,
      onError: (error) => toast.fault(sentenceOf(error)),
    });

  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-muted-foreground">
          Each invitation lets one person create an account.
        </p>
        <Button onClick={invite} busy={create.isPending}>
          <Plus aria-hidden="true" />
          New invitation
        </Button>
      </div>
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
  const expired = !used && new Date(invitation.expires_at).getTime() < nowMs;
  return (
    <div className="flex items-center gap-4 p-4">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <span className="truncate font-mono text-sm">{invitation.code ?? invitation.id}</span>
          {used && <Badge tone="good">Used</Badge>}
          {expired && <Badge>Expired</Badge>}
        </p>
        <p className="text-sm text-muted-foreground">
          Made {formatAgo(invitation.created_at)} · good until {formatDay(invitation.expires_at)}
        </p>
      </div>
      {!used && (
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
