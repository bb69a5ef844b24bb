// Signing in and up is for those who are not: everybody else goes where they wanted to.
import { Navigate, Outlet, useSearchParams } from "react-router";
import { safeNext } from "@/config/paths";
import { useMe } from "@/lib/api/me";

export function GuestOnly() {
  const [params] = useSearchParams();
  const me = useMe();
  return me.data ? <Navigate to={safeNext(params.get("next"))} replace /> : <Outlet />;
}
