// The player: <hls-video> in the <media-controller> that becomes media-chrome's when the controls come.
import "./player.css";
import { type CSSProperties, lazy, Suspense, useCallback, useState } from "react";
import { Button } from "@/components/ui/button";
import type { Video } from "@/types/api-types";
import { useFilmFirst } from "../hooks/use-film-first";
import { usePageHotkeys } from "../hooks/use-page-hotkeys";
import { chapterTrack, thumbnailTrack, useSideTrack } from "../hooks/use-side-track";
import { useViewCount } from "../hooks/use-view-count";
import { canPlayHls } from "../lib/playback-support";
import { HlsVideo } from "./hls-video";
import { PlayerMessage } from "./player-message";

const PlayerControls = lazy(() => import("./player-controls"));

interface PlayerProps {
  video: Video;
  src: string;
  startS: number | null;
  onMedia?: (media: HTMLVideoElement | null) => void;
}

/** What is shown of sound alone: the video element has nothing that would cover it. */
function standingPicture(url: string | null | undefined): CSSProperties | undefined {
  return url ? ({ "--standing-picture": `url("${encodeURI(url)}")` } as CSSProperties) : undefined;
}

export function Player({ video, src, startS, onMedia }: PlayerProps) {
  const [media, setMedia] = useState<HTMLVideoElement | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [controller, setController] = useState<HTMLElement | null>(null);
  const keepMedia = useCallback(
    (next: HTMLVideoElement | null) => {
      setMedia(next);
      onMedia?.(next);
    },
    [onMedia],
  );
  useViewCount(video.id, media, video.duration_ms ?? null);
  usePageHotkeys(controller, media);
  const isDue = useFilmFirst(media);
  useSideTrack(isDue ? media : null, chapterTrack, video.chapters_url ?? null);
  useSideTrack(isDue ? media : null, thumbnailTrack, video.storyboard_url ?? null);

  if (!canPlayHls()) {
    return (
      <PlayerMessage title="This browser cannot play the film">
        It has no Media Source Extensions. A current Firefox, Chrome, Edge or Safari has.
      </PlayerMessage>
    );
  }
  if (fault) {
    return (
      <PlayerMessage
        title="The film stopped"
        action={<Button onClick={() => setFault(null)}>Try again</Button>}
      >
        {fault}
      </PlayerMessage>
    );
  }
  return (
    <media-controller
      ref={setController}
      class="player"
      style={video.sound_only ? standingPicture(video.poster_url) : undefined}
      breakpoints="sm:480"
    >
      {controller && (
        <HlsVideo
          controller={controller}
          src={src}
          startS={startS}
          onMedia={keepMedia}
          onFault={setFault}
        />
      )}
      {isDue && (
        <Suspense>
          <PlayerControls posterUrl={video.poster_url ?? null} hasCaptions={video.captions.length > 0} />
        </Suspense>
      )}
    </media-controller>
  );
}
