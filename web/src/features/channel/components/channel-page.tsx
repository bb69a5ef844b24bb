// An owner's public page: who it is, and their public videos.
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { LoadMore } from "@/components/load-more";
import { Avatar } from "@/components/ui/avatar";
import { Skeleton } from "@/components/ui/skeleton";
import { VideoGrid, VideoGridSkeleton } from "@/components/video-grid";
import { usePageTitle } from "@/hooks/use-page-title";
import { useChannel } from "@/lib/api/channel";
import { isNotFound } from "@/lib/problem";

export function ChannelPage({ handle }: { handle: string }) {
  const query = useChannel(handle);
  const channel = query.data?.pages[0];
  usePageTitle(channel?.name ?? handle);

  if (query.isPending) {
    return (
      <>
        <div className="mb-8 flex items-center gap-5">
          <Skeleton className="size-20 rounded-full" />
          <div className="space-y-2">
            <Skeleton className="h-7 w-48" />
            <Skeleton className="h-4 w-28" />
          </div>
        </div>
        <VideoGridSkeleton />
      </>
    );
  }
  if (!channel) {
    if (isNotFound(query.error)) {
      return (
        <>
          <h1 className="sr-only">Channel not found</h1>
          <EmptyState title="There is no such channel">
            Nobody here goes by “{handle}”.
          </EmptyState>
        </>
      );
    }
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }

  const videos = query.data?.pages.flatMap((page) => page.videos) ?? [];
  return (
    <>
      <div className="mb-8 flex items-center gap-5 rounded-2xl bg-linear-to-r from-accent to-transparent p-5 sm:p-7">
        <Avatar name={channel.name} className="size-16 text-2xl sm:size-20 sm:text-3xl" />
        <div className="min-w-0">
          <h1 className="truncate text-2xl font-semibold sm:text-3xl">{channel.name}</h1>
          <p className="mt-0.5 text-muted-foreground">@{channel.handle}</p>
        </div>
      </div>
      {videos.length === 0 ? (
        <EmptyState title="No public films yet">
          When {channel.name} publishes something, it appears here.
        </EmptyState>
      ) : (
        <>
          <VideoGrid videos={videos} showChannel={false} />
          <LoadMore query={query} />
        </>
      )}
    </>
  );
}
