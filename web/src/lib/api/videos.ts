// GET /videos: public videos, one page at a time.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export const sorts = { newest: "Newest", views: "Most watched" } as const;
export type Sort = keyof typeof sorts;

export async function getVideos(sort: Sort, cursor: string | undefined) {
  return unwrap(
    await api.GET("/api/v1/videos", { params: { query: { sort, cursor, limit: 24 } } }),
  );
}

export const videosQuery = (sort: Sort) =>
  infiniteQueryOptions({
    queryKey: ["videos", sort],
    queryFn: ({ pageParam }) => getVideos(sort, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export function useVideos(sort: Sort, { enabled = true } = {}) {
  return useInfiniteQuery({ ...videosQuery(sort), enabled });
}
