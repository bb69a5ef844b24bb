import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { thumbnailTrack, useSideTrack } from "./use-side-track";

/** jsdom's video has a list of tracks that says nothing. */
function film() {
  const media = document.createElement("video");
  const textTracks = new EventTarget();
  Object.defineProperty(media, "textTracks", { value: textTracks });
  const add = (track: { kind: string; label: string; mode: string }) =>
    textTracks.dispatchEvent(Object.assign(new Event("addtrack"), { track }));
  return { media, add };
}

test("the track is read without being shown, and no other is touched", () => {
  const { media, add } = film();
  renderHook(() => useSideTrack(media, thumbnailTrack, "/storyboard.vtt"));
  const ours = { kind: "metadata", label: "thumbnails", mode: "disabled" };
  const captions = { kind: "subtitles", label: "English", mode: "disabled" };
  add(ours);
  add(captions);
  expect([ours.mode, captions.mode]).toEqual(["hidden", "disabled"]);
});

test("the storyboard is the film's track of thumbnails for as long as it is shown", () => {
  const { media } = film();
  const { rerender, unmount } = renderHook(({ url }) => useSideTrack(media, thumbnailTrack, url), {
    initialProps: { url: null as string | null },
  });
  expect(media.querySelector("track")).toBeNull();
  rerender({ url: "/api/v1/videos/x/media/y/storyboard.vtt" });
  const track = media.querySelector('track[kind="metadata"][label="thumbnails"]');
  expect(track).toHaveAttribute("src", "/api/v1/videos/x/media/y/storyboard.vtt");
  expect(track).not.toHaveAttribute("default");
  rerender({ url: "/api/v1/videos/x/media/z/storyboard.vtt" });
  expect(media.querySelectorAll("track")).toHaveLength(1);
  unmount();
  expect(media.querySelector("track")).toBeNull();
});
