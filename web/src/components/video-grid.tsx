// Videos in columns, as many as fit, with stand-ins of the same shape while they load.
import { Skeleton } from "@/components/ui/skeleton";
import type { Video } from "@/types/api-types";
import { VideoCard } from "./video-card";

const columns = "grid grid-cols-[repeat(auto-fill,minmax(min(100%,17.5rem),1fr))] gap-x-5 gap-y-8";
const stand_ins = ["a", "b", "c", "d", "e", "f", "g", "h"];

export function VideoGrid({ videos, showChannel }: { videos: Video[]; showChannel?: boolean }) {
  return (
    <ul className={columns}>
      {videos.map((video, index) => (
        <li key={video.id}>
          <VideoCard video={video} eager={index < 8} showChannel={showChannel} />
        </li>
      ))}
    </ul>
  );
}

export function VideoGridSkeleton() {
  return (
    <div role="status" aria-label="Loading videos" className={columns}>
      {stand_ins.map((key) => (
        <div key={key}>
          <Skeleton className="aspect-video rounded-xl" />
          <div className="mt-3 flex gap-3">
            <Skeleton className="size-9 rounded-full" />
            <div className="flex-1 space-y-2">
              <Skeleton className="h-4 w-11/12" />
              <Skeleton className="h-3.5 w-1/2" />
            </div>
          </div>
        </div>
      ))}
    </div>
  );
}
