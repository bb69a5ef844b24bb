// What the state of a video means for a screen.
import type { Privacy, Video } from "@/types/api-types";

export function isUnderway(video: Pick<Video, "state">): boolean {
  return video.state === "uploading" || video.state === "queued" || video.state === "processing";
}

/** Whether all of the film is made but the thumbnails of its seek bar, which come after it. */
export function lacksThumbnails(video: Pick<Video, "state" | "sound_only" | "storyboard_url">): boolean {
  return video.state === "ready" && !video.sound_only && !video.storyboard_url;
}

/** How much of the video is made, 0 to 100, or null where nothing is known yet. */
export function progressPercent(video: Pick<Video, "progress">): number | null {
  const progress = video.progress;
  if (progress === null || progress === undefined) return null;
  return Math.round(Math.min(1, Math.max(0, progress)) * 100);
}

export const stateNames: Record<Video["state"], string> = {
  uploading: "Uploading",
  queued: "Waiting",
  processing: "Processing",
  ready: "Ready",
  failed: "Failed",
};

export const privacyNames: Record<Privacy, string> = {
  public: "Public",
  unlisted: "Unlisted",
  private: "Private",
};

export const privacyHints: Record<Privacy, string> = {
  public: "Everyone can find and watch it",
  unlisted: "Everyone with the link can watch it",
  private: "Only you can watch it",
};
