// The end of a list that fetches its next page when it comes near, with a button for those who press keys.
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { sentenceOf } from "@/lib/problem";

interface EndlessQuery {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
}

export function LoadMore({ query }: { query: EndlessQuery }) {
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const mayLoad = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;

  useEffect(() => {
    const element = end.current;
    if (!element || !mayLoad || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void fetchNextPage();
      },
      { rootMargin: "600px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [mayLoad, fetchNextPage]);

  if (!hasNextPage) return null;
  return (
    <div ref={end} className="flex flex-col items-center gap-3 py-10">
      {isFetchNextPageError && (
        <p role="alert" className="text-sm text-muted-foreground">
          {sentenceOf(query.error)}
        </p>
      )}
      {isFetchingNextPage ? (
        <span role="status" aria-label="Loading more">
          <Spinner className="text-primary" />
        </span>
      ) : (
        <Button variant="secondary" onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}
