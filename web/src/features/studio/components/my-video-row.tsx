// One of one's own videos: picture, state, who may watch, the reason where it failed.
import { EllipsisVertical, Globe, Link2, Lock, Pencil, Trash2, TriangleAlert } from "lucide-react";
import { Link } from "react-router";
import { Poster } from "@/components/poster";
import { RetryButton } from "@/components/retry-button";
import { StateBadge } from "@/components/state-badge";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { ProgressBar } from "@/components/ui/progress-bar";
import { paths } from "@/config/paths";
import { asSentence } from "@/lib/problem";
import { privacyNames, progressPercent } from "@/lib/video";
import type { Video } from "@/types/api-types";
import { formatAgo, formatViews } from "@/utils/format";

interface MyVideoRowProps {
  video: Video;
  onEdit: () => void;
  onDelete: () => void;
}

const privacyIcons = { public: Globe, unlisted: Link2, private: Lock } as const;

export function MyVideoRow({ video, onEdit, onDelete }: MyVideoRowProps) {
  const PrivacyIcon = privacyIcons[video.privacy];
  return (
    <article className="grid grid-cols-[7rem_minmax(0,1fr)_auto] gap-x-3 p-3 sm:grid-cols-[11rem_minmax(0,1fr)_auto] sm:gap-x-5 sm:p-4">
      <Link
        to={paths.watch.href(video.id)}
        tabIndex={-1}
        aria-hidden="true"
        className="group row-span-2 max-sm:row-span-1"
      >
        <Poster url={video.poster_url} durationMs={video.duration_ms} className="rounded-lg" />
      </Link>
      <div className="min-w-0">
        <h2 className="line-clamp-2 leading-snug font-medium [overflow-wrap:anywhere]">
          <Link to={paths.watch.href(video.id)} className="rounded hover:text-primary">
            {video.title}
          </Link>
        </h2>
        <p className="mt-1 text-sm text-muted-foreground">
          {formatViews(video.views)}
          <span aria-hidden="true"> · </span>
          {formatAgo(video.created_at)}
        </p>
        <p className="mt-2 flex flex-wrap gap-2">
          <StateBadge video={video} />
          <Badge>
            <PrivacyIcon aria-hidden="true" />
            {privacyNames[video.privacy]}
          </Badge>
        </p>
      </div>
      <Menu modal={false}>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`Actions for ${video.title}`}>
            <EllipsisVertical />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={onEdit}>
            <Pencil aria-hidden="true" />
            Edit
          </MenuItem>
          <MenuSeparator />
          <MenuItem danger onSelect={onDelete}>
            <Trash2 aria-hidden="true" />
            Delete
          </MenuItem>
        </MenuContent>
      </Menu>
      <div className="col-span-full sm:col-span-2 sm:col-start-2">
        {video.state === "processing" && (
          <ProgressBar
            label={`Processing ${video.title}`}
            percent={progressPercent(video)}
            className="mt-3 max-w-sm"
          />
        )}
        {video.failure && <Failure video={video} />}
        {video.warnings.length > 0 && (
          <ul className="mt-2 space-y-1 text-sm text-notice-foreground" aria-label="Warnings">
            {video.warnings.map((warning, index) => (
              <li key={index} className="flex gap-2">
                <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
                {asSentence(warning.message)}
              </li>
            ))}
          </ul>
        )}
        {video.state !== "failed" && video.warnings.some((warning) => warning.can_be_retried) && (
          <div className="mt-2">
            <RetryButton videoId={video.id} />
          </div>
        )}
      </div>
    </article>
  );
}

function Failure({ video }: { video: Video }) {
  return (
    <div className="mt-3 flex flex-wrap items-center gap-3 rounded-lg bg-danger-soft p-3 text-sm text-destructive">
      <p className="min-w-0 flex-1 basis-40 [overflow-wrap:anywhere]">{asSentence(video.failure?.message ?? "")}</p>
      {video.state === "failed" && <RetryButton videoId={video.id} />}
    </div>
  );
}
