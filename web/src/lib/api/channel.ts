// GET /channels/{handle}: an owner's public page, one page of videos at a time.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getChannel(handle: string, cursor: string | undefined) {
  return unwrap(
    await api.GET("/api/v1/channels/{handle}", {
      params: { path: { handle }, query: { cursor, limit: 24 } },
    }),
  );
}

export const channelQuery = (handle: string) =>
  infiniteQueryOptions({
    queryKey: ["channel", handle],
    queryFn: ({ pageParam }) => getChannel(handle, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export function useChannel(handle: string) {
  return useInfiniteQuery(channelQuery(handle));
}
