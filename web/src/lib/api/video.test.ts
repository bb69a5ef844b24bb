// How often a film is asked for: quickly while it is made, then ever more slowly for its thumbnails, then no more.
import { expect, test } from "vitest";
import { video } from "@/testing/fixtures";
import type { Video } from "@/types/api-types";
import { videoQuery } from "./video";

type Pause = Extract<ReturnType<typeof videoQuery>["refetchInterval"], (...all: never[]) => unknown>;

function pauses(answers: Video[]): (number | false | undefined)[] {
  const pause = videoQuery("x").refetchInterval as Pause;
  const query = { state: { data: undefined as Video | undefined, dataUpdateCount: 0 } };
  return answers.map((data, index) => {
    query.state = { data, dataUpdateCount: index + 1 };
    // Asked more than once for one answer, it says the same.
    pause(query as never);
    return pause(query as never);
  });
}

test("a film that is being made is asked for again and again", () => {
  const film = video({ state: "processing" });
  expect(pauses([film, film, film])).toEqual([1500, 1500, 1500]);
});

test("a film that is ready is asked for until its thumbnails are there", () => {
  const film = video({ state: "ready", storyboard_url: null });
  const whole = { ...film, storyboard_url: "/storyboard.vtt" };
  expect(pauses([video({ state: "processing" }), film, film, whole])).toEqual([1500, 2000, 2000, false]);
});

test("thumbnails that never come are given up after some minutes", () => {
  const film = video({ state: "ready", storyboard_url: null });
  const all = pauses(Array.from({ length: 12 }, () => film));
  expect(all.slice(9)).toEqual([false, false, false]);
  const waited = all.reduce<number>((sum, pause) => sum + (pause || 0), 0);
  expect(waited).toBeGreaterThan(5 * 60_000);
  expect(waited).toBeLessThan(10 * 60_000);
});

test("sound alone and a film that failed have no thumbnails to wait for", () => {
  expect(pauses([video({ state: "ready", sound_only: true })])).toEqual([false]);
  expect(pauses([video({ state: "failed" })])).toEqual([false]);
});
