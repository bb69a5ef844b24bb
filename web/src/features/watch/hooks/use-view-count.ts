// Counts a view once a few seconds were really played, not when the page was opened.
import { useEffect } from "react";
import { countView } from "../api/count-view";

const countAfterMs = 4000;
/** Longer steps between two time updates are seeks or sleeps, not watching. */
const longestStepMs = 1500;

export function useViewCount(id: string, media: HTMLVideoElement | null, durationMs: number | null) {
  useEffect(() => {
    if (!media) return;
    const enoughMs = durationMs ? Math.min(countAfterMs, durationMs / 2) : countAfterMs;
    let playedMs = 0;
    let lastMs: number | null = null;
    const onTime = () => {
      const nowMs = media.currentTime * 1000;
      const stepMs = lastMs === null ? 0 : nowMs - lastMs;
      lastMs = nowMs;
      if (stepMs > 0 && stepMs < longestStepMs) playedMs += stepMs;
      if (playedMs < enoughMs) return;
      media.removeEventListener("timeupdate", onTime);
      // A view that could not be counted is not worth a word to the viewer.
      countView(id).catch(() => undefined);
    };
    media.addEventListener("timeupdate", onTime);
    return () => media.removeEventListener("timeupdate", onTime);
  }, [id, media, durationMs]);
}
