// GET /videos/{id}: one video with its state; asked again while it is being made, and a little longer for its thumbnails.
import { type Query, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { asProblem, ProblemError, unwrap } from "@/lib/problem";
import { isUnderway, lacksThumbnails } from "@/lib/video";
import type { Video } from "@/types/api-types";

const pollMs = 1500;

/**
 * Thumbnails follow a film's last segment within seconds on a machine that has time, and never where they were given up:
 * asked for ever more slowly, for about eight minutes.
 */
const thumbnailPollsMs = [2, 2, 4, 8, 15, 30, 60, 120, 240].map((seconds) => seconds * 1000);

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
    refetchInterval: askAgainMs,
  });

/** How many answers there had been when a film was ready and only its thumbnails were not there. */
const answersBefore = new WeakMap<object, number>();

function askAgainMs(query: Query<Video, Error, Video, string[]>): number | false {
  const video = query.state.data;
  if (!video) return false;
  if (isUnderway(video)) return pollMs;
  if (!lacksThumbnails(video)) return false;
  const answers = query.state.dataUpdateCount;
  const before = answersBefore.get(query) ?? answers;
  answersBefore.set(query, before);
  return thumbnailPollsMs[answers - before] ?? false;
}

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
