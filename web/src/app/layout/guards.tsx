// Pages behind these need a signed-in person, or an administrator.
import { Navigate, Outlet, useLocation } from "react-router";
import { ErrorState } from "@/components/error-state";
import { paths } from "@/config/paths";
import { useMe } from "@/lib/api/me";
import NotFound from "../routes/not-found";
import { PageSkeleton } from "./page-skeleton";

export function RequireUser() {
  const me = useMe();
  const location = useLocation();
  if (me.isPending) return <PageSkeleton />;
  if (me.isError) return <ErrorState error={me.error} onRetry={() => void me.refetch()} />;
  if (!me.data) {
    return <Navigate to={paths.signIn.href(location.pathname + location.search)} replace />;
  }
  return <Outlet />;
}

export function RequireAdmin() {
  const me = useMe();
  if (me.data && me.data.role !== "admin") return <NotFound />;
  return <RequireUser />;
}
