// A channel's initial on a colour that belongs to its name.
import { cn } from "@/utils/cn";

const tones = [
  "bg-[oklch(0.46_0.085_190)]",
  "bg-[oklch(0.47_0.1_250)]",
  "bg-[oklch(0.47_0.12_300)]",
  "bg-[oklch(0.48_0.13_350)]",
  "bg-[oklch(0.49_0.12_40)]",
  "bg-[oklch(0.48_0.09_95)]",
  "bg-[oklch(0.47_0.1_150)]",
];

export function Avatar({ name, className }: { name: string; className?: string }) {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span
      aria-hidden="true"
      className={cn(
        "inline-flex size-9 shrink-0 items-center justify-center rounded-full text-sm font-semibold text-white uppercase select-none",
        tones[sum % tones.length],
        className,
      )}
    >
      {[...name][0] ?? "?"}
    </span>
  );
}
