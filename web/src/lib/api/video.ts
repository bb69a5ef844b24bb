// GET /videos/{id}: one video with its state; asked again while it is being made.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import { isUnderway } from "@/lib/video";
import type { Video } from "@/types/api-types";

const pollMs = 1500;

export async function getVideo(id: string): Promise<Video> {
  const early = await takeEarlyAnswer(id);
  if (early) return early;
  return unwrap(await api.GET("/api/v1/videos/{id}", { params: { path: { id } } }));
}

export const videoQuery = (id: string) =>
  queryOptions({
    queryKey: ["video", id],
    queryFn: () => getVideo(id),
    refetchInterval: (query) => (query.state.data && isUnderway(query.state.data) ? pollMs : false),
  });

export function useVideo(id: string) {
  return useQuery(videoQuery(id));
}

/** The answer that src/app/boot.js asked for before this code was loaded; good once. */
async function takeEarlyAnswer(id: string): Promise<Video | null> {
  const early = window.mutoscopeEarlyVideo;
  if (early?.id !== id) return null;
  delete window.mutoscopeEarlyVideo;
  return (await early.answer) as Video | null;
}
