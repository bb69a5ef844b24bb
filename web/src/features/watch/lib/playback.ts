// Makes the <hls-video> element that plays a film. When the page is opened on a film, src/app/boot.js loads this file
// ahead of the rest, and the first segments are on their way before React has drawn anything.
import type { HlsVideoElement } from "hls-video-element";
import "hls-video-element";
import { hlsConfig } from "./hls-config";

/** How long an element begun early waits for its page. */
const unclaimedMs = 15_000;

/** The name of the mark in the browser's timeline that stands at the first picture. */
const firstFrameMark = "mutoscope:first-frame";

let early: { src: string; element: HlsVideoElement } | null = null;

/** The element for this film: the one begun early, or a new one. */
export function takePlayback(src: string, startS: number | null): HlsVideoElement {
  const begun = early;
  early = null;
  if (begun?.src === src) return begun.element;
  if (begun) endPlayback(begun.element);
  return beginPlayback(src, startS);
}

export function endPlayback(element: HlsVideoElement): void {
  element.remove();
  element.removeAttribute("src");
  void element.load();
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
      const src = status === 200 ? (body as { hls_url?: string | null }).hls_url : null;
      if (!src || early) return;
      const element = beginPlayback(src, startS > 0 ? Math.floor(startS) : null);
      const begun = { src, element };
      early = begun;
      setTimeout(() => {
        if (early !== begun) return;
        early = null;
        endPlayback(element);
      }, unclaimedMs);
    },
    () => undefined,
  );
}

beginEarly();
