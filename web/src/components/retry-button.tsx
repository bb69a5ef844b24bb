// “Try again” for a film that could not be made: asks the server, and says what came of it.
import { RotateCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useRetryVideo } from "@/lib/api/retry-video";
import { sentenceOf } from "@/lib/problem";

export function RetryButton({ videoId }: { videoId: string }) {
  const retry = useRetryVideo();
  // By its promise: the list is asked again before the mutation ends, and by then this button may be gone.
  const tryAgain = () =>
    retry.mutateAsync(videoId).then(
      () => toast.done("It is being tried again."),
      (error: unknown) => toast.fault(sentenceOf(error)),
    );
  return (
    <Button
      variant="secondary"
      size="sm"
      // On the red of a failure, too, it is a button like any other.
      className="text-foreground"
      busy={retry.isPending}
      onClick={() => void tryAgain()}
    >
      <RotateCw aria-hidden="true" />
      Try again
    </Button>
  );
}
