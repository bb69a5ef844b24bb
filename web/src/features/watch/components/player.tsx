// The player: media-chrome's controls around <hls-video>.
import "./player.css";
import {
  MediaCaptionsButton,
  MediaControlBar,
  MediaController,
  MediaErrorDialog,
  MediaFullscreenButton,
  MediaLoadingIndicator,
  MediaMuteButton,
  MediaPipButton,
  MediaPlayButton,
  MediaPosterImage,
  MediaSeekBackwardButton,
  MediaSeekForwardButton,
  MediaTimeDisplay,
  MediaTimeRange,
  MediaVolumeRange,
} from "media-chrome/react";
import {
  MediaCaptionsMenu,
  MediaPlaybackRateMenu,
  MediaRenditionMenu,
  MediaSettingsMenu,
  MediaSettingsMenuButton,
  MediaSettingsMenuItem,
} from "media-chrome/react/menu";
import { Settings } from "lucide-react";
import { type CSSProperties, useCallback, useState } from "react";
import { Button } from "@/components/ui/button";
import type { Video } from "@/types/api-types";
import { usePageHotkeys } from "../hooks/use-page-hotkeys";
import { useStoryboard } from "../hooks/use-storyboard";
import { useViewCount } from "../hooks/use-view-count";
import { canPlayHls } from "../lib/playback-support";
import { nameRenditions } from "../lib/rendition-label";
import { HlsVideo } from "./hls-video";
import { PlayerMessage } from "./player-message";

const seekStepS = 10;

nameRenditions();

interface PlayerProps {
  video: Video;
  src: string;
  startS: number | null;
  onMedia?: (media: HTMLVideoElement | null) => void;
}

/** media-chrome calls it a button, which may not be checked; that is for switches. */
function asSwitch(button: HTMLElement | null): void {
  button?.setAttribute("role", "switch");
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
  useStoryboard(media, video.storyboard_url ?? null);

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
    <MediaController
      ref={setController}
      className="player"
      style={video.sound_only ? standingPicture(video.poster_url) : undefined}
      breakpoints="sm:480"
    >
      {controller && (
        <HlsVideo
          controller={controller}
          src={src}
          chaptersUrl={video.chapters_url ?? null}
          startS={startS}
          onMedia={keepMedia}
          onFault={setFault}
        />
      )}
      {video.poster_url && <MediaPosterImage slot="poster" src={video.poster_url} />}
      <MediaLoadingIndicator slot="centered-chrome" noAutohide />
      <MediaErrorDialog slot="dialog" />
      <MediaPlayButton slot="centered-chrome" className="centre-play" noTooltip />
      <MediaSettingsMenu hidden anchor="auto">
        <MediaSettingsMenuItem>
          Quality
          <MediaRenditionMenu slot="submenu" hidden>
            <div slot="title">Quality</div>
          </MediaRenditionMenu>
        </MediaSettingsMenuItem>
        {video.captions.length > 0 && (
          <MediaSettingsMenuItem>
            Captions
            <MediaCaptionsMenu slot="submenu" hidden>
              <div slot="title">Captions</div>
            </MediaCaptionsMenu>
          </MediaSettingsMenuItem>
        )}
        <MediaSettingsMenuItem>
          Speed
          <MediaPlaybackRateMenu slot="submenu" hidden rates={[0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]}>
            <div slot="title">Speed</div>
          </MediaPlaybackRateMenu>
        </MediaSettingsMenuItem>
      </MediaSettingsMenu>
      <div className="bottom">
        <MediaTimeRange />
        <MediaControlBar>
          <MediaPlayButton />
          <MediaSeekBackwardButton className="desk" seekOffset={seekStepS} />
          <MediaSeekForwardButton className="desk" seekOffset={seekStepS} />
          <MediaMuteButton />
          <MediaVolumeRange className="desk" />
          <MediaTimeDisplay showDuration />
          <span className="grow" />
          {video.captions.length > 0 && <MediaCaptionsButton ref={asSwitch} />}
          <MediaSettingsMenuButton>
            <Settings slot="icon" aria-hidden="true" />
          </MediaSettingsMenuButton>
          <MediaPipButton />
          <MediaFullscreenButton />
        </MediaControlBar>
      </div>
    </MediaController>
  );
}
