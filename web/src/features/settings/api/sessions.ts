// GET /me/sessions and DELETE /me/sessions: where this account is signed in, and ending one or all but this one.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getSessions() {
  return unwrap(await api.GET("/api/v1/me/sessions")).sessions;
}

export const sessionsQuery = () => queryOptions({ queryKey: ["sessions"], queryFn: getSessions });

export function useSessions() {
  return useQuery(sessionsQuery());
}

export async function endOtherSessions(): Promise<void> {
  unwrap(await api.DELETE("/api/v1/me/sessions"));
}

export function useEndOtherSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: endOtherSessions,
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
}

export async function endSessionOf(id: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/me/sessions/{id}", { params: { path: { id } } }));
}

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: endSessionOf,
    onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
}
