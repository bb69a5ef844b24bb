// One film: the player, what it is, whose it is, and what to watch next.
import { Pencil } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { StateBadge } from "@/components/state-badge";
import { Avatar } from "@/components/ui/avatar";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { paths } from "@/config/paths";
import { usePageTitle } from "@/hooks/use-page-title";
import { useMe } from "@/lib/api/me";
import { useVideo } from "@/lib/api/video";
import { isNotFound } from "@/lib/problem";
import { isUnderway, privacyNames } from "@/lib/video";
import type { Video } from "@/types/api-types";
import { Chapters } from "./chapters";
import { Description } from "./description";
import { MoreVideos } from "./more-videos";
import { Player } from "./player";
import { PosterButton } from "./poster-button";
import { ShareButton } from "./share-button";
import { Waiting } from "./waiting";

interface WatchPageProps {
  id: string;
  startS: number | null;
}

export function WatchPage({ id, startS }: WatchPageProps) {
  const query = useVideo(id);
  const video = query.data;
  usePageTitle(video?.title ?? (query.isError ? "Not found" : null));

  if (query.isPending) return <WatchSkeleton />;
  if (!video) {
    if (!isNotFound(query.error)) {
      return (
        <>
          <h1 className="sr-only">Film</h1>
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        </>
      );
    }
    return (
      <>
        <h1 className="sr-only">Film not found</h1>
        <EmptyState
          title="This film is not here"
          action={
            <Button asChild variant="secondary">
              <Link to={paths.home.href()}>To the home page</Link>
            </Button>
          }
        >
          It was deleted, made private, or the link is not right. If it is yours, sign in to see it.
        </EmptyState>
      </>
    );
  }
  return (
    <div className="watch-grid">
      <Film key={video.id} video={video} startS={startS} />
      <aside aria-label="More films">
        <MoreVideos video={video} />
      </aside>
    </div>
  );
}

function Film({ video, startS }: { video: Video; startS: number | null }) {
  const me = useMe().data;
  const isOwner = me?.handle === video.channel.handle;
  const [media, setMedia] = useState<HTMLVideoElement | null>(null);
  const src = useSteadySource(video.hls_url ?? null);
  return (
    <div className="min-w-0">
      <div className="film-frame">
        {src && video.state !== "failed" ? (
          <Player
            key={withoutQuery(src)}
            video={video}
            src={src}
            startS={startS}
            onMedia={setMedia}
          />
        ) : (
          <Waiting video={video} isOwner={isOwner} />
        )}
      </div>
      <h1 className="mt-5 text-xl leading-snug font-semibold [overflow-wrap:anywhere] sm:text-2xl">
        {video.title}
      </h1>
      <div className="mt-4 mb-5 flex flex-wrap items-center gap-x-4 gap-y-3">
        <Link
          to={paths.channel.href(video.channel.handle)}
          className="flex min-w-0 items-center gap-3 rounded-lg pr-2 font-medium hover:text-primary"
        >
          <Avatar name={video.channel.name} className="size-10" />
          <span className="truncate">{video.channel.name}</span>
        </Link>
        {video.privacy !== "public" && <Badge>{privacyNames[video.privacy]}</Badge>}
        {isUnderway(video) && video.hls_url && <StateBadge video={video} />}
        <div className="ml-auto flex flex-wrap gap-2">
          {isOwner && (
            <Button asChild variant="secondary">
              <Link to={`${paths.myVideos.href()}?edit=${encodeURIComponent(video.id)}`}>
                <Pencil aria-hidden="true" />
                Edit
              </Link>
            </Button>
          )}
          {isOwner && <PosterButton video={video} media={media} />}
          <ShareButton video={video} media={media} />
        </div>
      </div>
      <Description video={video} />
      {video.chapters.length > 0 && <Chapters chapters={video.chapters} media={media} />}
    </div>
  );
}

/** The address first given: a newly signed one for the same playlist must not start the film again. */
function useSteadySource(url: string | null): string | null {
  const [kept, setKept] = useState(url);
  if (withoutQuery(kept) === withoutQuery(url)) return kept;
  setKept(url);
  return url;
}

function withoutQuery(url: string | null): string {
  return url?.split("?")[0] ?? "";
}

function WatchSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the film"
      className="watch-grid"
    >
      <div>
        <div className="film-frame" />
        <Skeleton className="mt-5 h-7 w-2/3" />
        <div className="mt-4 flex items-center gap-3">
          <Skeleton className="size-10 rounded-full" />
          <Skeleton className="h-5 w-32" />
        </div>
      </div>
    </div>
  );
}
