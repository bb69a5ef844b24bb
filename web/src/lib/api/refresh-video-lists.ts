// After a video has changed, every list that may show it is asked for again.
import type { QueryClient } from "@tanstack/react-query";

export async function refreshVideoLists(client: QueryClient): Promise<void> {
  await Promise.all(
    ["videos", "my-videos", "channel", "search", "admin-videos", "me"].map((key) =>
      client.invalidateQueries({ queryKey: [key] }),
    ),
  );
}
