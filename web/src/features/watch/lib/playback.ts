// Makes the <hls-video> element that plays a film. When the page is opened on a film, src/app/boot.js loads this file
// ahead of the rest, and the film is shown before React has drawn anything.
import type { HlsVideoElement } from "hls-video-element";
import "hls-video-element";
import type { Video } from "@/types/api-types";
import { placeFirst } from "./film-place";
import { hlsConfig } from "./hls-config";
import { canPlayHls } from "./playback-support";

/** How long an element begun early waits for its page. */
const unclaimedMs = 15_000;

/** The name of the mark in the browser's timeline that stands at the first picture. */
const firstFrameMark = "mutoscope:first-frame";

interface Early {
  src: string;
  element: HlsVideoElement;
  /** Where the element stands until its page takes it. */
  place: HTMLElement;
}

/** What is read of the video before the app's code is there. */
type EarlyVideo = Partial<Pick<Video, "hls_url" | "state" | "sound_only">>;

let early: Early | null = null;

/** The element for this film: the one begun early, or a new one. */
export function takePlayback(src: string, startS: number | null): HlsVideoElement {
  if (early?.src === src) return early.element;
  dropEarly();
  return beginPlayback(src, startS);
}

/** Puts the element into the player, and goes on playing where it already plays. */
export function showPlayback(element: HlsVideoElement, player: HTMLElement): void {
  player.prepend(element);
  if (early?.element !== element) return;
  early.place.remove();
  early = null;
}

export function endPlayback(element: HlsVideoElement): void {
  element.remove();
  element.removeAttribute("src");
  void element.load();
}

function dropEarly(): void {
  if (!early) return;
  endPlayback(early.element);
  early.place.remove();
  early = null;
}

function beginPlayback(src: string, startS: number | null): HlsVideoElement {
  const element = document.createElement("hls-video") as HlsVideoElement;
  element.slot = "media";
  element.setAttribute("autoplay", "");
  element.setAttribute("playsinline", "");
  // Until it stands in the page, this is what hls.js takes for the size of the player.
  const widthPx = Math.min(window.innerWidth, 1280);
  element.setAttribute("width", String(widthPx));
  element.setAttribute("height", String(Math.round((widthPx * 9) / 16)));
  element.config = hlsConfig(startS);
  element.addEventListener("loadeddata", () => performance.mark(firstFrameMark), { once: true });
  element.src = src;
  return element;
}

function beginEarly(): void {
  const asked = window.mutoscopeEarlyVideo;
  if (!asked) return;
  const startS = Number(new URLSearchParams(location.search).get("t") ?? NaN);
  asked.answer.then(
    ({ status, body }) => {
      const video = body as EarlyVideo;
      const src = video.hls_url;
      // Sound alone has nothing to show: its picture comes with the page.
      const isShown = status === 200 && video.state !== "failed" && !video.sound_only && canPlayHls();
      if (!src || !isShown) return asked.markShown?.();
      const element = beginPlayback(src, startS > 0 ? Math.floor(startS) : null);
      void whenShown(element).then(asked.markShown);
      const begun = { src, element, place: placeFirst(element) };
      early = begun;
      setTimeout(() => {
        if (early === begun) dropEarly();
      }, unclaimedMs);
    },
    () => asked.markShown?.(),
  );
}

/** Until a picture of the film is on the screen, or could be where the browser does not tell. */
function whenShown(element: HlsVideoElement): Promise<void> {
  const video: Partial<Pick<HTMLVideoElement, "requestVideoFrameCallback">> = element.nativeEl;
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(() => resolve());
    else element.addEventListener("loadeddata", () => resolve(), { once: true });
  });
}

beginEarly();
