// Tracks that are read beside the film and never shown by the browser itself: chapters, and thumbnails for the seek bar.
// media-chrome looks for both among the film's tracks.
import { useEffect } from "react";

interface SideTrack {
  kind: "chapters" | "metadata";
  label: string;
}

export const chapterTrack: SideTrack = { kind: "chapters", label: "chapters" };
/** The label is media-chrome's. */
export const thumbnailTrack: SideTrack = { kind: "metadata", label: "thumbnails" };

export function useSideTrack(media: HTMLVideoElement | null, side: SideTrack, url: string | null): void {
  useEffect(() => {
    if (!media || !url) return;
    return addTrack(media, side, url);
  }, [media, side, url]);
}

/**
 * Not a `default` track: with one, the browser looks over all tracks and chooses, and shows captions that nobody asked
 * for. So it is set to be read here, and media-chrome, which listens to `default` tracks alone, is told when it was.
 */
function addTrack(media: HTMLVideoElement, { kind, label }: SideTrack, url: string): () => void {
  const track = document.createElement("track");
  track.kind = kind;
  track.label = label;
  track.src = url;

  const { textTracks } = media;
  // <hls-video> hands a copy of each track to the video inside it.
  const owner = media.shadowRoot ?? media;
  const isOurs = (other: TextTrack | null) => other?.kind === kind && other.label === label;
  const onAdd = (event: TrackEvent) => {
    if (event.track && isOurs(event.track)) event.track.mode = "hidden";
  };
  const onLoad = ({ target }: Event) => {
    if (target instanceof HTMLTrackElement && isOurs(target.track)) textTracks.dispatchEvent(new Event("change"));
  };
  textTracks.addEventListener("addtrack", onAdd);
  owner.addEventListener("load", onLoad, { capture: true });
  media.append(track);
  return () => {
    textTracks.removeEventListener("addtrack", onAdd);
    owner.removeEventListener("load", onLoad, { capture: true });
    track.remove();
  };
}
