// One's own account: who, how much space, password, sessions, the end.
import { InsecureNotice } from "@/components/insecure-notice";
import { PageHeading } from "@/components/page-heading";
import { Avatar } from "@/components/ui/avatar";
import { Card } from "@/components/ui/card";
import { ProgressBar } from "@/components/ui/progress-bar";
import { useMe } from "@/lib/api/me";
import type { User } from "@/types/api-types";
import { formatBytes } from "@/utils/format";
import { DeleteAccountCard } from "./delete-account-card";
import { PasswordCard } from "./password-card";
import { SessionsCard } from "./sessions-card";

export function Settings() {
  const user = useMe().data;
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeading title="Settings" />
      <div className="space-y-5">
        <InsecureNotice />
        {user && <AccountCard user={user} />}
        <PasswordCard />
        <SessionsCard />
        <DeleteAccountCard />
      </div>
    </div>
  );
}

function AccountCard({ user }: { user: User }) {
  const quota = user.quota_bytes ?? null;
  const used = user.used_bytes;
  return (
    <Card aria-label="Account" className="flex flex-wrap items-center gap-5">
      <Avatar name={user.username} className="size-14 text-xl" />
      <div className="min-w-0">
        <p className="truncate text-lg font-semibold">{user.username}</p>
        <p className="truncate text-sm text-muted-foreground">{user.email}</p>
      </div>
      <div className="w-full sm:ml-auto sm:w-60">
        <p className="mb-1.5 text-sm text-muted-foreground">
          {quota === null
            ? `${formatBytes(used)} uploaded`
            : `${formatBytes(used)} of ${formatBytes(quota)} used`}
        </p>
        {quota !== null && quota > 0 && (
          <ProgressBar label="Space used" percent={Math.min(100, Math.round((used / quota) * 100))} />
        )}
      </div>
    </Card>
  );
}
