// What a screen shows in place of content that could not be had, with a way to try again.
import { CircleAlert, RotateCw } from "lucide-react";
import { Button } from "@/components/ui/button";
import { sentenceOf } from "@/lib/problem";

interface ErrorStateProps {
  title?: string;
  error: unknown;
  onRetry?: () => void;
}

export function ErrorState({ title = "This could not be loaded", error, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center px-4 py-14 text-center">
      <span className="rounded-full bg-danger-soft p-3 text-destructive">
        <CircleAlert aria-hidden="true" className="size-6" />
      </span>
      <h2 className="mt-4 text-lg font-semibold">{title}</h2>
      <p className="mt-1.5 text-muted-foreground">{sentenceOf(error)}</p>
      {onRetry && (
        <Button variant="secondary" className="mt-5" onClick={onRetry}>
          <RotateCw aria-hidden="true" />
          Try again
        </Button>
      )}
    </div>
  );
}
