// GET /admin/videos: everybody's videos, or only the failed ones.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getAllVideos(state: "failed" | undefined, cursor: string | undefined) {
  return unwrap(
    await api.GET("/api/v1/admin/videos", { params: { query: { state, cursor, limit: 50 } } }),
  );
}

export const allVideosQuery = (state: "failed" | undefined) =>
  infiniteQueryOptions({
    queryKey: ["admin-videos", state ?? "all"],
    queryFn: ({ pageParam }) => getAllVideos(state, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export function useAllVideos(state: "failed" | undefined) {
  return useInfiniteQuery(allVideosQuery(state));
}
