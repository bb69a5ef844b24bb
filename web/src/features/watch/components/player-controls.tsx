// What the player is worked with: media-chrome's buttons, time range and menus, inside the <media-controller> that it
// brings to life. It is a file of its own because the film goes first: its code is fetched and run when a picture is there.
import {
  MediaCaptionsButton,
  MediaControlBar,
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
import { nameRenditions } from "../lib/rendition-label";

const seekStepS = 10;

nameRenditions();

interface PlayerControlsProps {
  posterUrl: string | null;
  hasCaptions: boolean;
}

/** media-chrome calls it a button, which may not be checked; that is for switches. */
function asSwitch(button: HTMLElement | null): void {
  button?.setAttribute("role", "switch");
}

export default function PlayerControls({ posterUrl, hasCaptions }: PlayerControlsProps) {
  return (
    <>
      {posterUrl && <MediaPosterImage slot="poster" src={posterUrl} />}
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
        {hasCaptions && (
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
          {hasCaptions && <MediaCaptionsButton ref={asSwitch} />}
          <MediaSettingsMenuButton>
            <Settings slot="icon" aria-hidden="true" />
          </MediaSettingsMenuButton>
          <MediaPipButton />
          <MediaFullscreenButton />
        </MediaControlBar>
      </div>
    </>
  );
}
