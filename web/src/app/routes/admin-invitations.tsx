// Administration: invitations.
import { Invitations } from "@/features/admin/components/invitations";
import { usePageTitle } from "@/hooks/use-page-title";

export default function AdminInvitations() {
  usePageTitle("Invitations · Administration");
  return <Invitations />;
}
