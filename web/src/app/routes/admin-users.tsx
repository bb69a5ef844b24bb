// Administration: users.
import { Users } from "@/features/admin/components/users";
import { usePageTitle } from "@/hooks/use-page-title";

export default function AdminUsers() {
  usePageTitle("Users · Administration");
  return <Users />;
}
