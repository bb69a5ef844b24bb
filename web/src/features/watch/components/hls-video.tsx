// The film itself inside the controls: puts the <hls-video> element there, keeps its session alive, tells its faults.
import { Hls } from "hls-video-element";
import { useEffect, useRef } from "react";
import { hasSession, keepSession, renewSession } from "@/lib/session";
import { rememberBandwidth } from "../lib/hls-config";
import { endPlayback, showPlayback, takePlayback } from "../lib/playback";

const keepSessionMs = 20_000;

interface HlsVideoProps {
  /** The media-chrome element that the film becomes a child of. */
  controller: HTMLElement;
  src: string;
  startS: number | null;
  onMedia: (media: HTMLVideoElement | null) => void;
  onFault: (sentence: string) => void;
}

export function HlsVideo({ controller, src, startS, onMedia, onFault }: HlsVideoProps) {
  const start = useRef(startS);

  useEffect(() => {
    const element = takePlayback(src, start.current);
    showPlayback(element, controller);
    onMedia(element as unknown as HTMLVideoElement);
    // The element makes its Hls instance a microtask or two after it was given a source.
    const timer = setTimeout(() => {
      if (element.api) watchFaults(element.api, onFault);
    });
    return () => {
      clearTimeout(timer);
      if (element.api) rememberBandwidth(element.api.bandwidthEstimate);
      onMedia(null);
      endPlayback(element);
    };
  }, [controller, src, onMedia, onFault]);

  useEffect(() => {
    // A private film's segments are asked for with the session's cookie, for as long as it plays.
    const timer = setInterval(() => void keepSession().catch(() => undefined), keepSessionMs);
    return () => clearInterval(timer);
  }, []);

  return null;
}

function watchFaults(hls: Hls, onFault: (sentence: string) => void): void {
  let recovered = 0;
  let renewed = false;
  hls.on(Hls.Events.ERROR, (_event, fault) => {
    if (!fault.fatal) return;
    if (fault.type === Hls.ErrorTypes.MEDIA_ERROR && recovered < 2) {
      recovered += 1;
      hls.recoverMediaError();
      return;
    }
    if (fault.type === Hls.ErrorTypes.NETWORK_ERROR) {
      const status = fault.response?.code ?? 0;
      if ((status === 401 || status === 404) && hasSession() && !renewed) {
        renewed = true;
        void renewSession(Date.now())
          .catch(() => false)
          .then((good) => (good ? hls.startLoad() : onFault(networkSentence(status))));
        return;
      }
      onFault(networkSentence(status));
      return;
    }
    onFault("This browser could not play the film. Reload the page, or try another browser.");
  });
}

function networkSentence(status: number): string {
  if (status === 401 || status === 404) {
    return "The film is no longer here, or no longer open to you.";
  }
  if (status === 503) return "The film is being made more slowly than it is watched. Try again in a moment.";
  return "The connection to the server was lost.";
}
