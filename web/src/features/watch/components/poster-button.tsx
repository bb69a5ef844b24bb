// For the film's owner: the picture now shown becomes its poster.
import { ImageUp } from "lucide-react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useChoosePoster } from "@/lib/api/choose-poster";
import { sentenceOf } from "@/lib/problem";
import type { Video } from "@/types/api-types";

interface PosterButtonProps {
  video: Video;
  media: HTMLVideoElement | null;
}

export function PosterButton({ video, media }: PosterButtonProps) {
  const choose = useChoosePoster(video.id);
  const lastMs = (video.duration_ms ?? 0) - 1;
  if (!media || video.sound_only || lastMs < 0) return null;

  const take = () => {
    const atMs = Math.max(0, Math.min(Math.floor(media.currentTime * 1000), lastMs));
    choose.mutate(atMs, {
      onSuccess: () => toast.done("This moment becomes the poster."),
      onError: (error) => toast.fault(sentenceOf(error)),
    });
  };
  return (
    <Button variant="secondary" busy={choose.isPending} onClick={take}>
      <ImageUp aria-hidden="true" />
      Use as poster
    </Button>
  );
}
