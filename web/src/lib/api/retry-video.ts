// POST /videos/{id}/retry: makes a failed video again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import { refreshVideoLists } from "./refresh-video-lists";

export async function retryVideo(id: string): Promise<void> {
  unwrap(await api.POST("/api/v1/videos/{id}/retry", { params: { path: { id } } }));
}

export function useRetryVideo() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: retryVideo,
    onSuccess: async (_nothing, id) => {
      await client.invalidateQueries({ queryKey: ["video", id] });
      await refreshVideoLists(client);
    },
  });
}
