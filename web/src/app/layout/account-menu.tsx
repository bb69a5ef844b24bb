// What a signed-in person can reach from every page.
import { Film, LogOut, Settings, Shield, SquareUser } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { Avatar } from "@/components/ui/avatar";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { paths } from "@/config/paths";
import { useSignOut } from "@/features/auth/api/sign-out";
import { sentenceOf } from "@/lib/problem";
import type { User } from "@/types/api-types";

export function AccountMenu({ user }: { user: User }) {
  const signOut = useSignOut();
  const navigate = useNavigate();
  // By its promise: with the person this menu goes before the mutation ends.
  const leave = () =>
    signOut.mutateAsync().then(
      () => {
        toast.done("You are signed out.");
        return navigate(paths.home.href());
      },
      (error: unknown) => toast.fault(sentenceOf(error)),
    );

  return (
    <Menu modal={false}>
      <MenuTrigger aria-label="Your account" className="rounded-full">
        <Avatar name={user.username} />
      </MenuTrigger>
      <MenuContent>
        <MenuLabel>
          <span className="block text-sm font-medium text-foreground">{user.username}</span>
          {user.email}
        </MenuLabel>
        <MenuSeparator />
        <MenuItem asChild>
          <Link to={paths.myVideos.href()}>
            <Film aria-hidden="true" />
            My videos
          </Link>
        </MenuItem>
        <MenuItem asChild>
          <Link to={paths.channel.href(user.handle)}>
            <SquareUser aria-hidden="true" />
            My channel
          </Link>
        </MenuItem>
        <MenuItem asChild>
          <Link to={paths.settings.href()}>
            <Settings aria-hidden="true" />
            Settings
          </Link>
        </MenuItem>
        {user.role === "admin" && (
          <MenuItem asChild>
            <Link to={paths.admin.href()}>
              <Shield aria-hidden="true" />
              Administration
            </Link>
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem onSelect={leave}>
          <LogOut aria-hidden="true" />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
