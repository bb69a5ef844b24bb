import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useStoryboard } from "./use-storyboard";

test("the storyboard is the film's track of thumbnails for as long as it is shown", () => {
  const media = document.createElement("video");
  const { rerender, unmount } = renderHook(({ url }) => useStoryboard(media, url), {
    initialProps: { url: null as string | null },
  });
  expect(media.querySelector("track")).toBeNull();
  rerender({ url: "/api/v1/videos/x/media/y/storyboard.vtt" });
  const track = media.querySelector('track[kind="metadata"][label="thumbnails"]');
  expect(track).toHaveAttribute("src", "/api/v1/videos/x/media/y/storyboard.vtt");
  rerender({ url: "/api/v1/videos/x/media/z/storyboard.vtt" });
  expect(media.querySelectorAll("track")).toHaveLength(1);
  unmount();
  expect(media.querySelector("track")).toBeNull();
});
