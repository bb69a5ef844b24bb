// Where a video stands on its way from file to film, in one word.
import { Badge } from "@/components/ui/badge";
import { progressPercent, stateNames } from "@/lib/video";
import type { Video } from "@/types/api-types";

const tones = {
  uploading: "neutral",
  queued: "neutral",
  processing: "busy",
  ready: "good",
  failed: "bad",
} as const;

export function StateBadge({ video }: { video: Video }) {
  const percent = video.state === "processing" ? progressPercent(video) : null;
  return (
    <Badge tone={tones[video.state]}>
      {stateNames[video.state]}
      {percent !== null && ` ${percent}%`}
    </Badge>
  );
}
