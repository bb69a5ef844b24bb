// One film on its way: the form before, progress and pause during, processing after.
import { CircleAlert, Pause, Play, X } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ProgressBar } from "@/components/ui/progress-bar";
import { formatBytes, formatTimeLeft } from "@/utils/format";
import { uploadQueue } from "../lib/upload-queue";
import type { UploadItem } from "../lib/upload-item";
import { DraftForm } from "./draft-form";
import { MakingOf } from "./making-of";

export function UploadCard({ item }: { item: UploadItem }) {
  return (
    <Card aria-label={item.fileName}>
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-medium">
            {item.phase === "draft" ? item.fileName : item.details.title || item.fileName}
          </h2>
          <p className="truncate text-sm text-muted-foreground">
            {item.phase === "draft" ? "" : `${item.fileName} · `}
            {formatBytes(item.sizeBytes)}
          </p>
        </div>
        <Actions item={item} />
      </div>
      <Body item={item} />
    </Card>
  );
}

function Body({ item }: { item: UploadItem }) {
  switch (item.phase) {
    case "draft":
      return <DraftForm item={item} />;
    case "waiting":
      return <p className="mt-3 text-sm text-muted-foreground">Waits for its turn.</p>;
    case "uploading":
    case "finishing":
    case "paused":
      return <Sending item={item} />;
    case "needs-file":
      return <NeedsFile item={item} />;
    case "refused":
    case "stopped":
      return <Fault sentence={item.sentence ?? "The upload stopped."} />;
    case "sent":
      return item.record && <MakingOf videoId={item.record.videoId} />;
  }
}

function Actions({ item }: { item: UploadItem }) {
  const { key, phase, fileName } = item;
  const canGoOn = phase === "paused" || phase === "stopped";
  return (
    <div className="flex gap-1">
      {(phase === "uploading" || phase === "waiting") && (
        <Button
          variant="ghost"
          size="icon"
          aria-label={`Pause ${fileName}`}
          onClick={() => uploadQueue.pause(key)}
        >
          <Pause />
        </Button>
      )}
      {canGoOn && (
        <Button variant="secondary" size="sm" onClick={() => void uploadQueue.resume(key)}>
          <Play aria-hidden="true" />
          {phase === "paused" ? "Resume" : "Try again"}
        </Button>
      )}
      {phase !== "finishing" && (
        <Button
          variant="ghost"
          size="icon"
          aria-label={phase === "sent" ? `Take ${fileName} off the list` : `Cancel ${fileName}`}
          onClick={() => void uploadQueue.remove(key)}
        >
          <X />
        </Button>
      )}
    </div>
  );
}

function Sending({ item }: { item: UploadItem }) {
  const percent = Math.floor((item.sentBytes / item.sizeBytes) * 100);
  const leftS = item.speedBps ? (item.sizeBytes - item.sentBytes) / item.speedBps : NaN;
  return (
    <div className="mt-4">
      <ProgressBar
        label={`Uploading ${item.fileName}`}
        percent={item.phase === "finishing" ? 100 : percent}
      />
      <p className="mt-2 flex flex-wrap gap-x-3 text-sm text-muted-foreground tabular-nums">
        <span>{statusOf(item, percent)}</span>
        {item.phase === "uploading" && item.speedBps ? (
          <>
            <span>{formatBytes(item.speedBps)}/s</span>
            <span>{formatTimeLeft(leftS)}</span>
          </>
        ) : null}
      </p>
      {item.sentence && item.phase === "uploading" && (
        <p role="status" className="mt-1 text-sm text-notice-foreground">
          {item.sentence} Trying again.
        </p>
      )}
    </div>
  );
}

function statusOf(item: UploadItem, percent: number): string {
  if (item.phase === "finishing") return "Uploaded, being checked";
  if (item.phase === "paused") return `Paused at ${percent}%`;
  return `${formatBytes(item.sentBytes)} of ${formatBytes(item.sizeBytes)} · ${percent}%`;
}

function NeedsFile({ item }: { item: UploadItem }) {
  const input = useRef<HTMLInputElement>(null);
  const go = () => (item.handle ? void uploadQueue.resume(item.key) : input.current?.click());
  return (
    <div className="mt-3">
      <p className="text-sm text-muted-foreground">
        This upload was interrupted. What was sent is kept;{" "}
        {item.handle
          ? "allow this page to read the file again to go on."
          : `choose “${item.fileName}” again to go on.`}
      </p>
      {item.sentence && <Fault sentence={item.sentence} />}
      <Button variant="secondary" size="sm" className="mt-3" onClick={go}>
        <Play aria-hidden="true" />
        {item.handle ? "Go on" : "Choose the file"}
      </Button>
      <input
        ref={input}
        type="file"
        aria-label={`File of ${item.fileName}`}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) uploadQueue.attach(item.key, file, null);
          event.target.value = "";
        }}
      />
    </div>
  );
}

function Fault({ sentence }: { sentence: string }) {
  return (
    <p
      role="alert"
      className="mt-3 flex items-start gap-2 rounded-lg bg-danger-soft p-3 text-sm text-destructive"
    >
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      {sentence}
    </p>
  );
}
