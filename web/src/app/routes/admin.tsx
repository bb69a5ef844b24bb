// The frame of the administrator's pages.
import { AdminFrame } from "@/features/admin/components/admin-frame";

export default AdminFrame;
