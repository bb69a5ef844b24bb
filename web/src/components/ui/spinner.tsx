// The drum of the logo, turning: something is under way.
import { cn } from "@/utils/cn";

const cards = Array.from({ length: 11 }, (_, index) => index);

export function Spinner({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      aria-hidden="true"
      className={cn("size-6 motion-safe:animate-turn", className)}
    >
      {cards.map((card) => (
        <rect
          key={card}
          x="14.6"
          y="2"
          width="2.8"
          height="9"
          rx="1.4"
          fill="currentColor"
          opacity={0.18 + (0.82 * card) / (cards.length - 1)}
          transform={`rotate(${(card * 360) / cards.length} 16 16)`}
        />
      ))}
    </svg>
  );
}
