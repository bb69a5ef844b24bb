// GET /search: videos that answer a query, best first, one page at a time.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getHits(q: string, cursor: string | undefined) {
  return unwrap(
    await api.GET("/api/v1/search", { params: { query: { q, cursor, limit: 20 } } }),
  );
}

export const hitsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["search", q],
    queryFn: ({ pageParam }) => getHits(q, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export function useHits(q: string) {
  return useInfiniteQuery({ ...hitsQuery(q), enabled: q !== "" });
}
