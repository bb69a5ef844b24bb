// Where a video's poster is from, and the way back to the one that the server chooses.
import { Link } from "react-router";
import { Poster } from "@/components/poster";
import { Button } from "@/components/ui/button";
import { paths } from "@/config/paths";
import { useChoosePoster } from "@/lib/api/choose-poster";
import { sentenceOf } from "@/lib/problem";
import type { Video } from "@/types/api-types";
import { formatDuration } from "@/utils/format";

export function PosterField({ video }: { video: Video }) {
  const choose = useChoosePoster(video.id);
  const atMs = video.poster_at_ms;
  return (
    <div role="group" aria-label="Poster" className="flex items-center gap-4">
      <Poster url={video.poster_url} className="w-28 shrink-0 rounded-lg" />
      <div className="min-w-0 space-y-2 text-sm">
        <p className="text-muted-foreground">
          {atMs === null ? "Chosen automatically." : `Taken at ${formatDuration(atMs)}.`} To choose another,{" "}
          <Link to={paths.watch.href(video.id)} className="text-primary underline">
            open the film
          </Link>
          , stop at the moment, and press “Use as poster”.
        </p>
        {atMs !== null && (
          <Button variant="secondary" size="sm" busy={choose.isPending} onClick={() => choose.mutate(null)}>
            Choose automatically
          </Button>
        )}
        {choose.isError && (
          <p role="alert" className="text-destructive">
            {sentenceOf(choose.error)}
          </p>
        )}
      </div>
    </div>
  );
}
