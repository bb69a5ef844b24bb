// The grid of public videos with its order, and what to show while there is none.
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { LoadMore } from "@/components/load-more";
import { Button } from "@/components/ui/button";
import { VideoGrid, VideoGridSkeleton } from "@/components/video-grid";
import { paths } from "@/config/paths";
import { useConfig } from "@/lib/api/config";
import { type Sort, sorts, useVideos } from "@/lib/api/videos";
import { cn } from "@/utils/cn";

export function Browse() {
  const [params, setParams] = useSearchParams();
  const sort = asSort(params.get("sort"));
  const choose = (next: Sort) => setParams(next === "newest" ? {} : { sort: next }, { replace: true });

  return (
    <>
      <div className="mb-6 flex flex-wrap items-center justify-between gap-4">
        <h1 className="text-2xl font-semibold sm:text-[1.75rem]">
          {sort === "views" ? "Most watched" : "Latest films"}
        </h1>
        <SortChoice value={sort} onChange={choose} />
      </div>
      <Videos sort={sort} />
    </>
  );
}

function Videos({ sort }: { sort: Sort }) {
  const query = useVideos(sort);
  const isNew = useConfig().data?.first_account ?? false;
  if (query.isPending) return <VideoGridSkeleton />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const videos = query.data.pages.flatMap((page) => page.videos);
  if (videos.length === 0 && isNew) {
    return (
      <EmptyState
        title="Welcome to your new video platform"
        action={
          <Button asChild>
            <Link to={paths.signUp.href()}>Create the first account</Link>
          </Button>
        }
      >
        Nobody has an account yet. The first one becomes the administrator.
      </EmptyState>
    );
  }
  if (videos.length === 0) {
    return (
      <EmptyState
        title="No films yet"
        action={
          <Button asChild>
            <Link to={paths.upload.href()}>Upload the first one</Link>
          </Button>
        }
      >
        Public videos appear here as soon as the first seconds can be watched.
      </EmptyState>
    );
  }
  return (
    <>
      <VideoGrid videos={videos} />
      <LoadMore query={query} />
    </>
  );
}

function SortChoice({ value, onChange }: { value: Sort; onChange: (sort: Sort) => void }) {
  return (
    <div role="group" aria-label="Order" className="flex gap-1 rounded-xl bg-muted p-1">
      {(Object.keys(sorts) as Sort[]).map((sort) => (
        <button
          key={sort}
          type="button"
          aria-pressed={sort === value}
          onClick={() => onChange(sort)}
          className={cn(
            "rounded-lg px-3 py-1.5 text-sm font-medium",
            sort === value ? "bg-card shadow-xs" : "text-muted-foreground hover:text-foreground",
          )}
        >
          {sorts[sort]}
        </button>
      ))}
    </div>
  );
}

function asSort(value: string | null): Sort {
  return value === "views" ? "views" : "newest";
}
