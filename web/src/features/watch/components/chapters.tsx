// The film's chapters as a list: each goes to where it begins, and the one that is shown is marked.
import { useEffect, useState } from "react";
import type { Chapter } from "@/types/api-types";
import { cn } from "@/utils/cn";
import { formatDuration, spokenDuration } from "@/utils/format";

interface ChaptersProps {
  chapters: Chapter[];
  media: HTMLVideoElement | null;
}

export function Chapters({ chapters, media }: ChaptersProps) {
  const current = useCurrentChapter(chapters, media);
  return (
    <section aria-labelledby="chapters" className="mt-4 rounded-2xl bg-muted p-4 sm:p-5">
      <h2 id="chapters" className="text-sm font-medium">
        Chapters
      </h2>
      <ol className="mt-2 max-h-80 overflow-y-auto">
        {chapters.map((chapter, position) => (
          <li key={chapter.start_ms}>
            <button
              type="button"
              aria-current={position === current ? "true" : undefined}
              onClick={() => {
                if (media) media.currentTime = chapter.start_ms / 1000;
              }}
              className={cn(
                "flex w-full gap-3 rounded-lg px-2 py-1.5 text-left hover:bg-accent",
                position === current && "font-medium text-accent-foreground",
              )}
            >
              <span className="w-16 shrink-0 text-right tabular-nums">
                <span aria-hidden="true">{formatDuration(chapter.start_ms)}</span>
                <span className="sr-only">{spokenDuration(chapter.start_ms)}</span>
              </span>
              <span className="min-w-0 [overflow-wrap:anywhere]">{chapter.title}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The position of the chapter that is shown; -1 where none is. */
function useCurrentChapter(chapters: Chapter[], media: HTMLVideoElement | null): number {
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    if (!media) return;
    const look = () => {
      const atMs = media.currentTime * 1000;
      setCurrent(chapters.findLastIndex((chapter) => chapter.start_ms <= atMs));
    };
    look();
    const events = ["timeupdate", "seeking"] as const;
    for (const event of events) media.addEventListener(event, look);
    return () => {
      for (const event of events) media.removeEventListener(event, look);
    };
  }, [chapters, media]);
  return current;
}
