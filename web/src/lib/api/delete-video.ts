// DELETE /videos/{id}: the video and everything made from it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import { refreshVideoLists } from "./refresh-video-lists";

export async function deleteVideo(id: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/videos/{id}", { params: { path: { id } } }));
}

export function useDeleteVideo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deleteVideo,
    onSuccess: (_nothing, id) => {
      client.removeQueries({ queryKey: ["video", id] });
      return refreshVideoLists(client);
    },
  });
}
