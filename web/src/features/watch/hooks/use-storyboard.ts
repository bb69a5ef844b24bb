// Thumbnails on the seek bar: the storyboard becomes a track of the film, where media-chrome looks for it.
import { useEffect } from "react";

export function useStoryboard(media: HTMLVideoElement | null, url: string | null): void {
  useEffect(() => {
    if (!media || !url) return;
    const track = document.createElement("track");
    track.kind = "metadata";
    track.label = "thumbnails";
    track.default = true;
    track.src = url;
    media.append(track);
    return () => track.remove();
  }, [media, url]);
}
