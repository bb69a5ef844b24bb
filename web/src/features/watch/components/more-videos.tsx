// What to watch next: more from the channel, and what is new where the channel has little.
import { useId } from "react";
import { Link } from "react-router";
import { Poster } from "@/components/poster";
import { Skeleton } from "@/components/ui/skeleton";
import { VideoFacts } from "@/components/video-card";
import { paths } from "@/config/paths";
import { useChannel } from "@/lib/api/channel";
import { useVideos } from "@/lib/api/videos";
import type { Video } from "@/types/api-types";

const mostShown = 12;
/** Fewer than this from the channel leave room for what is new elsewhere. */
const fewFromChannel = 6;

export function MoreVideos({ video }: { video: Video }) {
  const query = useChannel(video.channel.handle);
  const fromChannel = (query.data?.pages ?? [])
    .flatMap((page) => page.videos)
    .filter((other) => other.id !== video.id)
    .slice(0, mostShown);
  const newest = useVideos("newest", {
    enabled: !query.isPending && fromChannel.length < fewFromChannel,
  });
  const elsewhere = (newest.data?.pages ?? [])
    .flatMap((page) => page.videos)
    .filter((other) => other.channel.handle !== video.channel.handle)
    .slice(0, mostShown - fromChannel.length);

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
  return (
    <div className="space-y-8">
      <VideoList title={`More from ${video.channel.name}`} videos={fromChannel} />
      <VideoList title="Latest films" videos={elsewhere} />
    </div>
  );
}

function VideoList({ title, videos }: { title: string; videos: Video[] }) {
  const titleId = useId();
  if (videos.length === 0) return null;
  return (
    <section aria-labelledby={titleId}>
      <h2 id={titleId} className="mb-4 font-semibold">
        {title}
      </h2>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-1">
        {videos.map((other) => (
          <li key={other.id}>
            <SmallCard video={other} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SmallCard({ video }: { video: Video }) {
  return (
    <article className="group relative flex gap-3">
      <Poster
        url={video.poster_url}
        durationMs={video.duration_ms}
        className="w-40 shrink-0 self-start"
      />
      <div className="min-w-0 py-0.5">
        <h3 className="line-clamp-2 text-sm leading-snug font-medium [overflow-wrap:anywhere]">
          <Link
            to={paths.watch.href(video.id)}
            className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-ring"
          >
            {video.title}
          </Link>
        </h3>
        <p className="mt-1 truncate text-sm text-muted-foreground">{video.channel.name}</p>
        <VideoFacts video={video} />
      </div>
    </article>
  );
}
