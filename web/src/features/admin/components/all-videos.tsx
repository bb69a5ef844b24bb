// Everybody's videos; the failed ones with their reason and a retry.
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { LoadMore } from "@/components/load-more";
import { Poster } from "@/components/poster";
import { RetryButton } from "@/components/retry-button";
import { StateBadge } from "@/components/state-badge";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { paths } from "@/config/paths";
import { useDeleteVideo } from "@/lib/api/delete-video";
import { asSentence, sentenceOf } from "@/lib/problem";
import { privacyNames } from "@/lib/video";
import type { Video } from "@/types/api-types";
import { formatAgo } from "@/utils/format";
import { useAllVideos } from "../api/get-all-videos";

export function AllVideos() {
  const [params, setParams] = useSearchParams();
  const state = params.get("state") === "failed" ? "failed" : undefined;
  const query = useAllVideos(state);
  const videos = query.data?.pages.flatMap((page) => page.videos) ?? [];
  return (
    <>
      <div className="mb-4 w-52">
        <Select
          aria-label="Which videos"
          value={state ?? "all"}
          onChange={(event) =>
            setParams(event.target.value === "failed" ? { state: "failed" } : {}, { replace: true })
          }
        >
          <option value="all">All videos</option>
          <option value="failed">Failed videos</option>
        </Select>
      </div>
      {query.isPending && <Skeleton className="h-64 rounded-2xl" />}
      {query.isError && !query.data && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && videos.length === 0 && (
        <EmptyState title={state === "failed" ? "Nothing has failed" : "No videos yet"} />
      )}
      {videos.length > 0 && (
        <ul className="divide-y rounded-2xl border bg-card">
          {videos.map((video) => (
            <li key={video.id}>
              <AdminVideoRow video={video} />
            </li>
          ))}
        </ul>
      )}
      {query.data && <LoadMore query={query} />}
    </>
  );
}

function AdminVideoRow({ video }: { video: Video }) {
  const remove = useDeleteVideo();
  const [asking, setAsking] = useState(false);
  // By its promise: with the film the row goes before the mutation ends.
  const deleteVideo = () =>
    remove
      .mutateAsync(video.id)
      .then(
        () => toast.done(`“${video.title}” is deleted.`),
        (error: unknown) => toast.fault(sentenceOf(error)),
      )
      .finally(() => setAsking(false));
  return (
    <article className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <Poster url={video.poster_url} durationMs={video.duration_ms} className="w-28 rounded-lg" />
      <div className="min-w-36 flex-1">
        <h2 className="line-clamp-2 font-medium [overflow-wrap:anywhere]">
          <Link to={paths.watch.href(video.id)} className="rounded hover:text-primary">
            {video.title}
          </Link>
        </h2>
        <p className="text-sm text-muted-foreground">
          {video.channel.name} · {formatAgo(video.created_at)}
        </p>
        <p className="mt-1.5 flex flex-wrap gap-2">
          <StateBadge video={video} />
          <Badge>{privacyNames[video.privacy]}</Badge>
        </p>
        {video.failure && (
          <p className="mt-2 text-sm text-destructive">
            {asSentence(video.failure.message)} <code className="text-xs">({video.failure.code})</code>
          </p>
        )}
      </div>
      <div className="flex gap-2">
        {video.state === "failed" && <RetryButton videoId={video.id} />}
        <Button
          variant="danger-ghost"
          size="icon-sm"
          aria-label={`Delete ${video.title}`}
          onClick={() => setAsking(true)}
        >
          <Trash2 />
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Delete this film?"
        description={`“${video.title}” of ${video.channel.name} goes, for everyone and for good.`}
        action="Delete"
        busy={remove.isPending}
        onConfirm={() => void deleteVideo()}
      />
    </article>
  );
}
