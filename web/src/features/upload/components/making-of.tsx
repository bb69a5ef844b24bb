// After the upload: how far the film is made, and the way to watch it, which opens long before the end.
import { CircleAlert, CircleCheck, PlayIcon } from "lucide-react";
import { Link } from "react-router";
import { RetryButton } from "@/components/retry-button";
import { Button } from "@/components/ui/button";
import { ProgressBar } from "@/components/ui/progress-bar";
import { paths } from "@/config/paths";
import { useVideo } from "@/lib/api/video";
import { asSentence, isNotFound, sentenceOf } from "@/lib/problem";
import { progressPercent } from "@/lib/video";
import type { Video } from "@/types/api-types";

export function MakingOf({ videoId }: { videoId: string }) {
  const query = useVideo(videoId);
  const video = query.data;
  if (!video) {
    if (!query.isError) return <p className="mt-3 text-sm text-muted-foreground">Uploaded.</p>;
    return (
      <p role="alert" className="mt-3 text-sm text-muted-foreground">
        {isNotFound(query.error) ? "This film was deleted." : sentenceOf(query.error)}
      </p>
    );
  }
  if (video.state === "failed") return <Failed video={video} />;
  const percent = progressPercent(video);
  return (
    <div className="mt-4">
      {video.state !== "ready" && (
        <ProgressBar label={`Making ${video.title}`} percent={video.state === "processing" ? percent : null} />
      )}
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
        <p role="status" className="flex items-center gap-2 text-sm text-muted-foreground">
          {video.state === "ready" && (
            <CircleCheck aria-hidden="true" className="size-4 text-primary" />
          )}
          {sentenceFor(video, percent)}
        </p>
        {video.hls_url && (
          <Button asChild size="sm">
            <Link to={paths.watch.href(video.id)}>
              <PlayIcon aria-hidden="true" />
              Watch
            </Link>
          </Button>
        )}
      </div>
    </div>
  );
}

function Failed({ video }: { video: Video }) {
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3 rounded-lg bg-danger-soft p-3">
      <p role="alert" className="flex min-w-0 flex-1 basis-48 items-start gap-2 text-sm text-destructive">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        {asSentence(video.failure?.message ?? "This film could not be made.")}
      </p>
      <RetryButton videoId={video.id} />
    </div>
  );
}

function sentenceFor(video: Video, percent: number | null): string {
  if (video.state === "ready") return "Ready to watch.";
  if (video.state !== "processing") return "Uploaded. Waits for its turn to be processed.";
  const share = percent === null ? "" : ` ${percent}%`;
  return video.hls_url ? `Processing${share}. It can be watched already.` : `Processing${share}`;
}
