// In the player's place while a film is uploaded and prepared, or when that failed.
import { Link } from "react-router";
import { Button } from "@/components/ui/button";
import { ProgressBar } from "@/components/ui/progress-bar";
import { Spinner } from "@/components/ui/spinner";
import { paths } from "@/config/paths";
import { asSentence } from "@/lib/problem";
import { progressPercent } from "@/lib/video";
import type { Video } from "@/types/api-types";
import { PlayerMessage } from "./player-message";

export function Waiting({ video, isOwner }: { video: Video; isOwner: boolean }) {
  if (video.state === "failed") {
    return (
      <PlayerMessage
        title="This film could not be made"
        action={
          isOwner && (
            <Button asChild variant="secondary" className="text-foreground">
              <Link to={paths.myVideos.href()}>To my videos</Link>
            </Button>
          )
        }
      >
        {asSentence(video.failure?.message ?? "Something in the uploaded file could not be read.")}
      </PlayerMessage>
    );
  }
  const percent = progressPercent(video);
  return (
    <PlayerMessage title={titles[video.state]}>
      <p>It plays here as soon as its first seconds are ready. No need to reload.</p>
      <div role="status" className="mx-auto mt-5 flex w-64 max-w-full flex-col items-center gap-3">
        {percent === null || percent === 0 ? (
          <Spinner className="size-8 text-[oklch(0.82_0.13_82)]" />
        ) : (
          <>
            <ProgressBar label="Preparing the film" percent={percent} className="w-full bg-white/15" />
            <span className="tabular-nums">{percent}%</span>
          </>
        )}
      </div>
    </PlayerMessage>
  );
}

const titles: Record<Video["state"], string> = {
  uploading: "This film is still being uploaded",
  queued: "This film waits for its turn",
  processing: "This film is being prepared",
  ready: "This film is being prepared",
  failed: "This film could not be made",
};
