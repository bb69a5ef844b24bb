// A video in a grid: picture, title, channel, views and age.
import { Link } from "react-router";
import { Avatar } from "@/components/ui/avatar";
import { paths } from "@/config/paths";
import type { Video } from "@/types/api-types";
import { formatAgo, formatViews } from "@/utils/format";
import { Poster } from "./poster";

interface VideoCardProps {
  video: Video;
  eager?: boolean;
  showChannel?: boolean;
}

export function VideoCard({ video, eager = false, showChannel = true }: VideoCardProps) {
  return (
    <article className="group relative">
      <Poster url={video.poster_url} durationMs={video.duration_ms} eager={eager} />
      <div className="mt-3 flex gap-3">
        {showChannel && <Avatar name={video.channel.name} className="mt-0.5" />}
        <div className="min-w-0">
          <h2 className="line-clamp-2 leading-snug font-medium [overflow-wrap:anywhere]">
            {/* The link covers the whole card, so that the picture needs none of its own. */}
            <Link
              to={paths.watch.href(video.id)}
              className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-4 focus-visible:after:outline-ring"
            >
              {video.title}
            </Link>
          </h2>
          {showChannel && (
            <Link
              to={paths.channel.href(video.channel.handle)}
              className="relative z-10 mt-1 block w-fit max-w-full truncate text-sm text-muted-foreground hover:text-foreground"
            >
              {video.channel.name}
            </Link>
          )}
          <VideoFacts video={video} className={showChannel ? "" : "mt-1"} />
        </div>
      </div>
    </article>
  );
}

export function VideoFacts({ video, className = "" }: { video: Video; className?: string }) {
  return (
    <p className={`text-sm text-muted-foreground ${className}`}>
      {formatViews(video.views)}
      {video.published_at && (
        <>
          <span aria-hidden="true"> · </span>
          <time dateTime={video.published_at}>{formatAgo(video.published_at)}</time>
        </>
      )}
    </p>
  );
}
