// The <hls-video> element as React sees it: set up once per film, with what it needs before its source.
import { Hls, type HlsVideoElement } from "hls-video-element";
import { useEffect, useRef } from "react";
import { hasSession, keepSession, renewSession } from "@/lib/session";
import { hlsConfig, rememberBandwidth } from "../lib/hls-config";

const keepSessionMs = 20_000;

interface HlsVideoProps {
  src: string;
  title: string;
  startS: number | null;
  onMedia: (media: HTMLVideoElement | null) => void;
  onFault: (sentence: string) => void;
}

export function HlsVideo({ src, title, startS, onMedia, onFault }: HlsVideoProps) {
  const element = useRef<HlsVideoElement>(null);
  const start = useRef(startS);

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.config = hlsConfig(start.current);
    video.src = src;
    onMedia(video as unknown as HTMLVideoElement);
    // The element makes its Hls instance a microtask or two after it was given a source.
    const timer = setTimeout(() => {
      if (video.api) watchFaults(video.api, onFault);
    });
    return () => {
      clearTimeout(timer);
      if (video.api) rememberBandwidth(video.api.bandwidthEstimate);
      onMedia(null);
      video.removeAttribute("src");
      void video.load();
    };
  }, [src, onMedia, onFault]);

  useEffect(() => {
    // A private film's segments are asked for with the session's cookie, for as long as it plays.
    const timer = setInterval(() => void keepSession().catch(() => undefined), keepSessionMs);
    return () => clearInterval(timer);
  }, []);

  return <hls-video ref={element} slot="media" autoplay playsinline aria-label={title} />;
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
