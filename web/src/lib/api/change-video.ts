// PATCH /videos/{id}: title, description, tags, privacy.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import type { VideoChange } from "@/types/api-types";
import { refreshVideoLists } from "./refresh-video-lists";

export async function changeVideo(id: string, change: VideoChange) {
  return unwrap(
    await api.PATCH("/api/v1/videos/{id}", { params: { path: { id } }, body: change }),
  );
}

export function useChangeVideo(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: VideoChange) => changeVideo(id, change),
    onSuccess: (video) => {
      client.setQueryData(["video", id], video);
      return refreshVideoLists(client);
    },
  });
}
