// Lists where the account is signed in, and ends all other sessions.
import { Laptop, Smartphone } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { sentenceOf } from "@/lib/problem";
import type { Session } from "@/types/api-types";
import { formatAgo } from "@/utils/format";
import { describeDevice } from "@/utils/device";
import { useEndOtherSessions, useEndSession, useSessions } from "../api/sessions";

export function SessionsCard() {
  const sessions = useSessions();
  const endOthers = useEndOtherSessions();
  const [asking, setAsking] = useState(false);
  const others = sessions.data?.filter((session) => !session.current).length ?? 0;

  const end = () =>
    endOthers.mutate(undefined, {
      onSuccess: () => toast.done("All other sessions are signed out."),
      onError: (error) => toast.fault(sentenceOf(error)),
      onSettled: () => setAsking(false),
    });

  return (
    <Card aria-labelledby="sessions-title">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <CardTitle id="sessions-title">Where you are signed in</CardTitle>
        <Button variant="secondary" size="sm" disabled={others === 0} onClick={() => setAsking(true)}>
          Sign out everywhere else
        </Button>
      </div>
      {sessions.isPending && <Skeleton className="mt-4 h-16" />}
      {sessions.isError && (
        <p role="alert" className="mt-4 text-sm text-destructive">
          {sentenceOf(sessions.error)}
        </p>
      )}
      <ul className="mt-4 divide-y">
        {sessions.data?.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere else?"
        description="Every other browser and program has to sign in again. You stay signed in here."
        action="Sign out others"
        busy={endOthers.isPending}
        onConfirm={end}
      />
    </Card>
  );
}

function SessionRow({ session }: { session: Session }) {
  const end = useEndSession();
  const Icon = /Mobile|Android|iPhone/.test(session.user_agent) ? Smartphone : Laptop;
  return (
    <li className="flex items-center gap-4 py-3">
      <Icon aria-hidden="true" className="size-5 shrink-0 text-muted-foreground" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{describeDevice(session.user_agent)}</p>
        <p className="text-sm text-muted-foreground">
          {session.address} · last used {formatAgo(session.last_used_at)}
        </p>
      </div>
      {session.current ? (
        <Badge tone="good">This one</Badge>
      ) : (
        <Button
          variant="ghost"
          size="sm"
          busy={end.isPending}
          onClick={() =>
            end.mutate(session.id, { onError: (error) => toast.fault(sentenceOf(error)) })
          }
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
