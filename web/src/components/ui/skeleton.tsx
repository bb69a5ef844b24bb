// A grey stand-in of the same size as what is being loaded.
import { cn } from "@/utils/cn";

export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      data-loading
      className={cn("rounded-md bg-muted motion-safe:animate-pulse", className)}
    />
  );
}
