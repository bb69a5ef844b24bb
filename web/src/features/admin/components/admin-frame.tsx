// The administrator's pages: a heading and the way between them.
import { NavLink, Outlet } from "react-router";
import { PageHeading } from "@/components/page-heading";
import { paths } from "@/config/paths";
import { cn } from "@/utils/cn";

const pages = [
  { name: "Users", to: paths.adminUsers.href() },
  { name: "Invitations", to: paths.adminInvitations.href() },
  { name: "Videos", to: paths.adminVideos.href() },
];

export function AdminFrame() {
  return (
    <div className="mx-auto max-w-5xl">
      <PageHeading title="Administration" />
      <nav aria-label="Administration" className="mb-6 flex gap-1 overflow-x-auto border-b">
        {pages.map((page) => (
          <NavLink
            key={page.to}
            to={page.to}
            className={({ isActive }) =>
              cn(
                "-mb-px border-b-2 px-4 py-2.5 text-sm font-medium focus-visible:-outline-offset-2",
                isActive
                  ? "border-primary text-foreground"
                  : "border-transparent text-muted-foreground hover:text-foreground",
              )
            }
          >
            {page.name}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}
