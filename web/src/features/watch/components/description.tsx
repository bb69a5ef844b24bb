// The description as plain text with its addresses as links, folded where it is long.
import { useState } from "react";
import { Link } from "react-router";
import { PlainText } from "@/components/plain-text";
import { paths } from "@/config/paths";
import type { Video } from "@/types/api-types";
import { cn } from "@/utils/cn";
import { formatDay, formatViews } from "@/utils/format";

const foldAfterCharacters = 320;
const foldAfterLines = 5;

export function Description({ video }: { video: Video }) {
  const text = video.description.trim();
  const isLong = text.length > foldAfterCharacters || text.split("\n").length > foldAfterLines;
  const [folded, setFolded] = useState(true);
  return (
    <div className="rounded-2xl bg-muted p-4 sm:p-5">
      <p className="text-sm font-medium">
        {formatViews(video.views)}
        {video.published_at && (
          <>
            <span aria-hidden="true"> · </span>
            <time dateTime={video.published_at}>{formatDay(video.published_at)}</time>
          </>
        )}
      </p>
      {text !== "" && (
        <p
          className={cn(
            "mt-2 leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]",
            isLong && folded && "line-clamp-4",
          )}
        >
          <PlainText text={text} />
        </p>
      )}
      {isLong && (
        <button
          type="button"
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
          className="mt-2 rounded text-sm font-medium text-accent-foreground hover:underline"
        >
          {folded ? "Show more" : "Show less"}
        </button>
      )}
      {video.tags.length > 0 && (
        <ul aria-label="Tags" className="mt-3.5 flex flex-wrap gap-2">
          {video.tags.map((tag) => (
            <li key={tag} className="max-w-full">
              <Link
                to={paths.search.href(tag)}
                className="inline-block max-w-full truncate rounded-full border bg-card px-3 py-1 text-sm text-accent-foreground hover:bg-accent"
              >
                #{tag}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
