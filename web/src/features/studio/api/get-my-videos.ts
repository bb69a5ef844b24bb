// GET /me/videos: all of one's own videos with their state; asked again while one is being made.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import { isUnderway } from "@/lib/video";

const pollMs = 2500;

export async function getMyVideos(cursor: string | undefined) {
  return unwrap(await api.GET("/api/v1/me/videos", { params: { query: { cursor, limit: 30 } } }));
}

export const myVideosQuery = () =>
  infiniteQueryOptions({
    queryKey: ["my-videos"],
    queryFn: ({ pageParam }) => getMyVideos(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.videos.some(isUnderway)) ? pollMs : false,
  });

export function useMyVideos() {
  return useInfiniteQuery(myVideosQuery());
}
