// What the quality menu calls a rendition: no two of a film alike.
import { MediaRenditionMenu } from "media-chrome/menu";

/** A rendition as <hls-video> tells of it. */
export interface MenuRendition {
  width?: number;
  height?: number;
  /** The address of its playlist, `.../video-720/index.m3u8`. */
  src?: string;
  /** As the playlist tells of it (RFC 6381). */
  codec?: string;
}

/** `1080p`; `1080p source` for the film's own pictures beside the ladder; `1080p AV1` where it is not H.264. */
export function renditionLabel({ width = 0, height = 0, src = "", codec = "" }: MenuRendition): string {
  const lines = `${Math.min(width, height)}p`;
  if (src.includes("/video-source/")) return `${lines} source`;
  if (codec.startsWith("av01")) return `${lines} AV1`;
  if (/^h[ev][vc]1/.test(codec)) return `${lines} HEVC`;
  return lines;
}

/** Has every quality menu call renditions so. Media Chrome's own way tells two of one height apart by their bit rates. */
export function nameRenditions(): void {
  MediaRenditionMenu.formatRendition = (rendition) => renditionLabel(rendition as MenuRendition);
}
