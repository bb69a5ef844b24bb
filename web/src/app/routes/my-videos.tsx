// My videos.
import { MyVideos } from "@/features/studio/components/my-videos";
import { usePageTitle } from "@/hooks/use-page-title";

export default function MyVideosPage() {
  usePageTitle("My videos");
  return <MyVideos />;
}
