// How far something has come; without a value it only says that it goes on.
import { Progress } from "radix-ui";
import { cn } from "@/utils/cn";

interface ProgressBarProps {
  label: string;
  percent: number | null;
  className?: string;
}

export function ProgressBar({ label, percent, className }: ProgressBarProps) {
  return (
    <Progress.Root
      value={percent}
      aria-label={label}
      className={cn("h-2 overflow-hidden rounded-full bg-muted", className)}
    >
      <Progress.Indicator
        className={cn(
          "h-full rounded-full bg-primary transition-[width] duration-500",
          percent === null && "w-1/3 motion-safe:animate-pulse",
        )}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </Progress.Root>
  );
}
