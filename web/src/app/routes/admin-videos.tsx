// Administration: videos.
import { AllVideos } from "@/features/admin/components/all-videos";
import { usePageTitle } from "@/hooks/use-page-title";

export default function AdminVideos() {
  usePageTitle("Videos · Administration");
  return <AllVideos />;
}
