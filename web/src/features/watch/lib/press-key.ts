// What a letter key does to the film. The media element itself is asked how it stands: the controls hear of a change
// only with its event, so that of two quick presses the second would repeat the first.

/** What is needed of the film: a media element, or the custom element that stands for one. */
export type KeyedMedia = Pick<HTMLVideoElement, "paused" | "play" | "pause" | "currentTime" | "duration" | "muted" | "volume">;

/** What the player's controls are asked for, as their buttons would: they remember the choice for the next film. */
export type ControlRequest = "mediamuterequest" | "mediaunmuterequest" | "mediatogglesubtitlesrequest";

const seekStepS = 10;

/** Whether the key is one of the player's, and its work is done; `ask` passes a request on to the controls. */
export function pressKey(key: string, media: KeyedMedia, ask: (request: ControlRequest) => void): boolean {
  switch (key) {
    case "k":
      if (media.paused) {
        // A refusal to play (no source yet, a policy of the browser) shows as a film that stays paused.
        media.play().catch(() => undefined);
      } else media.pause();
      return true;
    case "j":
      seekBy(media, -seekStepS);
      return true;
    case "l":
      seekBy(media, seekStepS);
      return true;
    case "m":
      ask(isHeard(media) ? "mediamuterequest" : "mediaunmuterequest");
      return true;
    case "c":
      ask("mediatogglesubtitlesrequest");
      return true;
    default:
      return false;
  }
}

function isHeard(media: KeyedMedia): boolean {
  return !media.muted && media.volume > 0;
}

function seekBy(media: KeyedMedia, stepS: number): void {
  const endS = Number.isFinite(media.duration) ? media.duration : Number.POSITIVE_INFINITY;
  media.currentTime = Math.min(endS, Math.max(0, media.currentTime + stepS));
}
