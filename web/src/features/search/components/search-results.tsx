// What a search found, each hit with the words that matched.
import { Link } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Highlighted } from "@/components/highlighted";
import { LoadMore } from "@/components/load-more";
import { Poster } from "@/components/poster";
import { Avatar } from "@/components/ui/avatar";
import { Skeleton } from "@/components/ui/skeleton";
import { VideoFacts } from "@/components/video-card";
import { paths } from "@/config/paths";
import type { SearchHit } from "@/types/api-types";
import { useHits } from "../api/get-hits";

export function SearchResults({ query }: { query: string }) {
  const hits = useHits(query);
  if (query === "") {
    return (
      <EmptyState title="What are you looking for?">
        Search looks through titles, descriptions, tags and channels. A typing mistake or two does
        not matter.
      </EmptyState>
    );
  }
  if (hits.isPending) return <ResultsSkeleton />;
  if (!hits.data) {
    return (
      <ErrorState
        title="The search did not work"
        error={hits.error}
        onRetry={() => void hits.refetch()}
      />
    );
  }
  const found = hits.data.pages.flatMap((page) => page.hits);
  if (found.length === 0) {
    return (
      <EmptyState title="Nothing found">
        No video answers “{query}”. Try fewer or other words.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="space-y-6">
        {found.map((hit) => (
          <li key={hit.video.id}>
            <Hit hit={hit} />
          </li>
        ))}
      </ul>
      <LoadMore query={hits} />
    </>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  const { video } = hit;
  const title = hit.highlights.find((highlight) => highlight.field === "title");
  const rest = hit.highlights.filter((highlight) => highlight.field === "description");
  const tags = hit.highlights.filter((highlight) => highlight.field === "tags");
  return (
    <article className="group relative flex flex-col gap-3 sm:flex-row sm:gap-5">
      <Poster
        url={video.poster_url}
        durationMs={video.duration_ms}
        className="w-full shrink-0 sm:w-72 lg:w-80"
      />
      <div className="min-w-0 flex-1 sm:py-1">
        <h2 className="line-clamp-2 text-lg leading-snug font-medium [overflow-wrap:anywhere]">
          <Link
            to={paths.watch.href(video.id)}
            className="after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-4 focus-visible:after:outline-ring"
          >
            {title ? <Highlighted fragments={title.fragments} /> : video.title}
          </Link>
        </h2>
        <VideoFacts video={video} className="mt-1" />
        <Link
          to={paths.channel.href(video.channel.handle)}
          className="relative z-10 mt-2.5 inline-flex items-center gap-2 text-sm text-muted-foreground hover:text-foreground"
        >
          <Avatar name={video.channel.name} className="size-6 text-xs" />
          {video.channel.name}
        </Link>
        {rest.map((highlight, index) => (
          <p
            key={index}
            className="mt-2 line-clamp-2 text-sm text-muted-foreground [overflow-wrap:anywhere]"
          >
            <Highlighted fragments={highlight.fragments} />
          </p>
        ))}
        {tags.length > 0 && (
          <p className="mt-2 line-clamp-1 text-sm text-muted-foreground">
            Tags:{" "}
            {tags.map((highlight, index) => (
              <span key={index}>
                {index > 0 && ", "}
                <Highlighted fragments={highlight.fragments} />
              </span>
            ))}
          </p>
        )}
      </div>
    </article>
  );
}

function ResultsSkeleton() {
  return (
    <div role="status" aria-label="Searching" className="space-y-6">
      {["a", "b", "c", "d"].map((key) => (
        <div key={key} className="flex flex-col gap-3 sm:flex-row sm:gap-5">
          <Skeleton className="aspect-video w-full rounded-xl sm:w-72 lg:w-80" />
          <div className="flex-1 space-y-3 sm:py-1">
            <Skeleton className="h-5 w-2/3" />
            <Skeleton className="h-4 w-1/3" />
            <Skeleton className="h-4 w-5/6" />
          </div>
        </div>
      ))}
    </div>
  );
}
