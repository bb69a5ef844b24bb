// Accounts: block, give room, set a new password.
import { Ban, EllipsisVertical, HardDrive, KeyRound, LockOpen, Trash2 } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/error-state";
import { LoadMore } from "@/components/load-more";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { useMe } from "@/lib/api/me";
import { sentenceOf } from "@/lib/problem";
import type { AdminUser } from "@/types/api-types";
import { formatBytes, formatDay } from "@/utils/format";
import { useChangeUser, useDeleteUser, useUsers } from "../api/users";
import { QuotaDialog } from "./quota-dialog";
import { ResetPasswordDialog } from "./reset-password-dialog";

export function Users() {
  const query = useUsers();
  if (query.isPending) return <Skeleton className="h-64 rounded-2xl" />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <ul className="divide-y rounded-2xl border bg-card">
        {query.data.pages
          .flatMap((page) => page.users)
          .map((user) => (
            <li key={user.id}>
              <UserRow user={user} />
            </li>
          ))}
      </ul>
      <LoadMore query={query} />
    </>
  );
}

function UserRow({ user }: { user: AdminUser }) {
  const isSelf = useMe().data?.id === user.id;
  const change = useChangeUser(user.id);
  const [dialog, setDialog] = useState<"quota" | "password" | "delete" | null>(null);
  const close = () => setDialog(null);
  const remove = useDeleteUser(user.id);
  // By its promise: with the account the row goes before the mutation ends.
  const deleteAccount = () =>
    remove
      .mutateAsync()
      .then(
        () => toast.done(`${user.username} is deleted.`),
        (error: unknown) => toast.fault(sentenceOf(error)),
      )
      .finally(close);
  const toggleBlocked = () =>
    change.mutate(
      { blocked: !user.blocked },
      {
        onSuccess: () =>
          toast.done(`${user.username} is ${user.blocked ? "no longer blocked" : "blocked"}.`),
        onError: (error) => toast.fault(sentenceOf(error)),
      },
    );

  return (
    <div className="flex items-center gap-4 p-4">
      <Avatar name={user.username} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <span className="truncate">{user.username}</span>
          {user.role === "admin" && <Badge tone="good">Administrator</Badge>}
          {user.blocked && <Badge tone="bad">Blocked</Badge>}
        </p>
        <p className="truncate text-sm text-muted-foreground">{user.email}</p>
        <p className="text-sm text-muted-foreground">
          Since {formatDay(user.created_at)} · {countVideos(user.video_count)} ·{" "}
          {formatBytes(user.used_bytes)}
          {typeof user.quota_bytes === "number" && ` of ${formatBytes(user.quota_bytes)}`}
        </p>
      </div>
      <Menu modal={false}>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`Actions for ${user.username}`}>
            <EllipsisVertical />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={() => setDialog("quota")}>
            <HardDrive aria-hidden="true" />
            Space
          </MenuItem>
          <MenuItem onSelect={() => setDialog("password")}>
            <KeyRound aria-hidden="true" />
            Set a new password
          </MenuItem>
          {!isSelf && (
            <>
              <MenuSeparator />
              <MenuItem danger={!user.blocked} onSelect={toggleBlocked}>
                {user.blocked ? <LockOpen aria-hidden="true" /> : <Ban aria-hidden="true" />}
                {user.blocked ? "Unblock" : "Block"}
              </MenuItem>
              <MenuItem danger onSelect={() => setDialog("delete")}>
                <Trash2 aria-hidden="true" />
                Delete
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      {dialog === "quota" && <QuotaDialog user={user} onClose={close} />}
      {dialog === "password" && <ResetPasswordDialog user={user} onClose={close} />}
      <ConfirmDialog
        open={dialog === "delete"}
        onOpenChange={close}
        title={`Delete ${user.username}?`}
        description="The account and all its videos go, for everyone and for good."
        action="Delete"
        busy={remove.isPending}
        onConfirm={() => void deleteAccount()}
      />
    </div>
  );
}

function countVideos(count: number): string {
  return count === 1 ? "1 video" : `${count} videos`;
}
