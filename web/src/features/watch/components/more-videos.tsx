// What to watch next: more from the channel, beside or below the player.
import { Link } from "react-router";
import { Poster } from "@/components/poster";
import { Skeleton } from "@/components/ui/skeleton";
import { VideoFacts } from "@/components/video-card";
import { paths } from "@/config/paths";
import { useChannel } from "@/lib/api/channel";
import type { Video } from "@/types/api-types";

const mostShown = 12;

export function MoreVideos({ video }: { video: Video }) {
  const query = useChannel(video.channel.handle);
  const others = (query.data?.pages ?? [])
    .flatMap((page) => page.videos)
    .filter((other) => other.id !== video.id)
    .slice(0, mostShown);

  if (query.isPending) {
    return (
      <div aria-hidden="true" className="space-y-4">
        {["a", "b", "c", "d"].map((key) => (
          <div key={key} className="flex gap-3">
            <Skeleton className="aspect-video w-40 rounded-xl" />
            <div className="flex-1 space-y-2 py-1">
              <Skeleton className="h-4" />
              <Skeleton className="h-3.5 w-2/3" />
            </div>
          </div>
        ))}
      </div>
    );
  }
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="more-title">
      <h2 id="more-title" className="mb-4 font-semibold">
        More from {video.channel.name}
      </h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-1">
        {others.map((other) => (
          <li key={other.id}>
            <article className="group relative flex gap-3">
              <Poster
                url={other.poster_url}
                durationMs={other.duration_ms}
                className="w-40 shrink-0 self-start"
              />
              <div className="min-w-0 py-0.5">
                <h3 className="line-clamp-2 text-sm leading-snug font-medium [overflow-wrap:anywhere]">
                  <Link
                    to={paths.watch.href(other.id)}
                    className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-ring"
                  >
                    {other.title}
                  </Link>
                </h3>
                <VideoFacts video={other} className="mt-1" />
              </div>
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}
