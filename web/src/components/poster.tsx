// A video's picture with its length, or the drum where there is no picture yet.
import { type ReactNode, useState } from "react";
import { formatDuration, spokenDuration } from "@/utils/format";
import { cn } from "@/utils/cn";
import { LogoMark } from "./logo";

interface PosterProps {
  url: string | null | undefined;
  durationMs?: number | null;
  eager?: boolean;
  className?: string;
  children?: ReactNode;
}

export function Poster({ url, durationMs, eager = false, className, children }: PosterProps) {
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <span
      className={cn(
        "relative block aspect-video overflow-hidden rounded-xl bg-muted ring-1 ring-black/5 ring-inset dark:ring-white/5",
        className,
      )}
    >
      {url && broken !== url ? (
        <img
          src={url}
          alt=""
          loading={eager ? "eager" : "lazy"}
          decoding="async"
          onError={() => setBroken(url)}
          className="size-full object-cover transition-transform duration-300 group-hover:scale-[1.025]"
        />
      ) : (
        <span className="flex size-full items-center justify-center bg-linear-to-br from-accent to-muted">
          <LogoMark className="size-1/4 opacity-40" />
        </span>
      )}
      {durationMs ? (
        <span className="absolute right-1.5 bottom-1.5 rounded-md bg-black/80 px-1.5 py-0.5 text-xs font-medium text-white tabular-nums">
          <span aria-hidden="true">{formatDuration(durationMs)}</span>
          <span className="sr-only">{spokenDuration(durationMs)}</span>
        </span>
      ) : null}
      {children}
    </span>
  );
}
