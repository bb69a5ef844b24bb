// The mark: a mutoscope's drum of cards seen from the side, the one in view turned into a play sign.
import { cn } from "@/utils/cn";

const cards = Array.from({ length: 13 }, (_, index) => 45 + index * 22.5);

export function LogoMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={cn("size-8 text-primary", className)}>
      {cards.map((angle) => (
        <rect
          key={angle}
          x="14.9"
          y="1.6"
          width="2.2"
          height="9.2"
          rx="1.1"
          fill="currentColor"
          transform={`rotate(${angle + 45} 16 16)`}
        />
      ))}
      <path
        d="M19.2 10.7 a1.5 1.5 0 0 1 2.25 -1.3 l8.6 5.3 a1.5 1.5 0 0 1 0 2.6 l-8.6 5.3 a1.5 1.5 0 0 1 -2.25 -1.3 z"
        transform="translate(-3.6 0)"
        className="fill-brass"
      />
    </svg>
  );
}

export function Logo({ name }: { name: string }) {
  return (
    <span className="inline-flex items-center gap-2.5">
      <LogoMark />
      <span className="text-lg font-semibold tracking-tight">{name}</span>
    </span>
  );
}
