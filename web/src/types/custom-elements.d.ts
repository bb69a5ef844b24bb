// Custom elements that are written as such in JSX, before the code that brings them to life is here.
import type { DetailedHTMLProps, HTMLAttributes } from "react";

interface MediaControllerAttributes extends DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> {
  /** React passes it on to a custom element as it is. */
  class?: string;
  breakpoints?: string;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "media-controller": MediaControllerAttributes;
    }
  }
}
