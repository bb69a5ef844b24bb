// PUT /videos/{id}/poster: another instant of the film, or none for the server's own choice.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import { refreshVideoLists } from "./refresh-video-lists";

export async function choosePoster(id: string, atMs: number | null) {
  return unwrap(
    await api.PUT("/api/v1/videos/{id}/poster", {
      params: { path: { id } },
      body: { at_ms: atMs },
    }),
  );
}

export function useChoosePoster(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (atMs: number | null) => choosePoster(id, atMs),
    onSuccess: (video) => {
      client.setQueryData(["video", id], video);
      return refreshVideoLists(client);
    },
  });
}
