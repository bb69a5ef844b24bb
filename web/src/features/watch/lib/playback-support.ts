// Which way this browser can play HLS: by hls.js wherever Media Source Extensions exist, natively only on Apple's.
import { Hls } from "hls-video-element";

export function canPlayHls(): boolean {
  // Asked first: Chromium claims native HLS ("maybe") but plays it less well.
  if (Hls.isSupported()) return true;
  const apple = "ManagedMediaSource" in window || navigator.vendor.startsWith("Apple");
  return apple && document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "";
}
