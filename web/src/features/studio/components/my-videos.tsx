// One's own videos: what state they are in, and what can be done with them.
import { Upload } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { LoadMore } from "@/components/load-more";
import { PageHeading } from "@/components/page-heading";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toast";
import { paths } from "@/config/paths";
import { useDeleteVideo } from "@/lib/api/delete-video";
import { sentenceOf } from "@/lib/problem";
import type { Video } from "@/types/api-types";
import { useMyVideos } from "../api/get-my-videos";
import { EditVideoDialog } from "./edit-video-dialog";
import { MyVideoRow } from "./my-video-row";

export function MyVideos() {
  const query = useMyVideos();
  const [params, setParams] = useSearchParams();
  const [deleting, setDeleting] = useState<Video | null>(null);
  const videos = query.data?.pages.flatMap((page) => page.videos) ?? [];
  const editing = params.get("edit");
  const edit = (id: string | null) => setParams(id ? { edit: id } : {}, { replace: true });

  return (
    <div className="mx-auto max-w-5xl">
      <PageHeading
        title="My videos"
        actions={
          <Button asChild>
            <Link to={paths.upload.href()}>
              <Upload aria-hidden="true" />
              Upload
            </Link>
          </Button>
        }
      />
      {query.isPending && <RowsSkeleton />}
      {query.isError && !query.data && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && videos.length === 0 && (
        <EmptyState title="Nothing uploaded yet">
          Your films appear here with their state, from the first uploaded byte on.
        </EmptyState>
      )}
      {videos.length > 0 && (
        <ul className="divide-y rounded-2xl border bg-card">
          {videos.map((video) => (
            <li key={video.id}>
              <MyVideoRow
                video={video}
                onEdit={() => edit(video.id)}
                onDelete={() => setDeleting(video)}
              />
            </li>
          ))}
        </ul>
      )}
      {query.data && <LoadMore query={query} />}
      {editing && <EditVideoDialog key={editing} id={editing} onClose={() => edit(null)} />}
      <DeleteDialog video={deleting} onClose={() => setDeleting(null)} />
    </div>
  );
}

function DeleteDialog({ video, onClose }: { video: Video | null; onClose: () => void }) {
  const remove = useDeleteVideo();
  const confirm = () => {
    if (!video) return;
    remove.mutate(video.id, {
      onSuccess: () => toast.done(`“${video.title}” is deleted.`),
      onError: (error) => toast.fault(sentenceOf(error)),
      onSettled: onClose,
    });
  };
  return (
    <ConfirmDialog
      open={video !== null}
      onOpenChange={(open) => !open && onClose()}
      title="Delete this film?"
      description={`“${video?.title ?? ""}” and everything made from it goes, for everyone and for good.`}
      action="Delete"
      busy={remove.isPending}
      onConfirm={confirm}
    />
  );
}

function RowsSkeleton() {
  return (
    <div role="status" aria-label="Loading your videos" className="divide-y rounded-2xl border bg-card">
      {["a", "b", "c", "d"].map((key) => (
        <div key={key} className="flex gap-4 p-4">
          <Skeleton className="aspect-video w-32 rounded-lg sm:w-40" />
          <div className="flex-1 space-y-2 py-1">
            <Skeleton className="h-5 w-1/2" />
            <Skeleton className="h-4 w-1/3" />
          </div>
        </div>
      ))}
    </div>
  );
}
