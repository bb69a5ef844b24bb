// Custom elements that have no React wrapper of their own.
import type { HlsVideoElement } from "hls-video-element";
import type { DetailedHTMLProps, HTMLAttributes } from "react";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "hls-video": DetailedHTMLProps<HTMLAttributes<HlsVideoElement>, HlsVideoElement> & {
        autoplay?: boolean;
        playsinline?: boolean;
      };
    }
  }
}
