// “Try again” for a film that could not be made: asks the server, and says what came of it.
import { RotateCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useRetryVideo } from "@/lib/api/retry-video";
import { sentenceOf } from "@/lib/problem";

export function RetryButton({ videoId }: { videoId: string }) {
  const retry = useRetryVideo();
  return (
    <Button
      variant="secondary"
      size="sm"
      // On the red of a failure, too, it is a button like any other.
      className="text-foreground"
      busy={retry.isPending}
      onClick={() =>
        retry.mutate(videoId, {
          onSuccess: () => toast.done("It is being tried again."),
          onError: (error) => toast.fault(sentenceOf(error)),
        })
      }
    >
      <RotateCw aria-hidden="true" />
      Try again
    </Button>
  );
}
