// Upload.
import { UploadPage } from "@/features/upload/components/upload-page";
import { usePageTitle } from "@/hooks/use-page-title";

export default function Upload() {
  usePageTitle("Upload");
  return <UploadPage />;
}
