// GET /videos/{id}: one video with its state; asked again while it is being made.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { asProblem, ProblemError, unwrap } from "@/lib/problem";
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
    // A page that opens on a failure shows it; asking again is for its button.
    retryOnMount: false,
    refetchInterval: (query) => (query.state.data && isUnderway(query.state.data) ? pollMs : false),
  });

export function useVideo(id: string) {
  return useQuery(videoQuery(id));
}

/** The answer that src/app/boot.js asked for before this code was loaded; good once. */
async function takeEarlyAnswer(id: string): Promise<Video | null> {
  const early = window.mutoscopeEarlyVideo;
  if (early?.id !== id || early.taken) return null;
  early.taken = true;
  const answer = await early.answer.catch(() => null);
  if (answer?.status === 404) throw new ProblemError(404, asProblem(answer.body));
  return answer?.status === 200 ? (answer.body as Video) : null;
}
