// The film goes first: what else the player needs waits for its first picture, but not for ever.
import { useEffect, useState } from "react";

/** How long the controls let the film go ahead: who waits longer than this wants to see that something is there. */
const mostWaitMs = 500;

/** Whether a picture of the film is there, or was waited for long enough. */
export function useFilmFirst(media: HTMLVideoElement | null): boolean {
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!media || due) return;
    const now = () => setDue(true);
    const timer = setTimeout(now, media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? 0 : mostWaitMs);
    media.addEventListener("loadeddata", now, { once: true });
    return () => {
      clearTimeout(timer);
      media.removeEventListener("loadeddata", now);
    };
  }, [media, due]);
  return due;
}
