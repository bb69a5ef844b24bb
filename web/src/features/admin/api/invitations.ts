// GET, POST and DELETE /admin/invitations.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getInvitations() {
  return unwrap(await api.GET("/api/v1/admin/invitations", { params: { query: { limit: 100 } } }))
    .invitations;
}

export const invitationsQuery = () =>
  queryOptions({ queryKey: ["admin-invitations"], queryFn: getInvitations });

export function useInvitations() {
  return useQuery(invitationsQuery());
}

export async function createInvitation(note: string) {
  return unwrap(await api.POST("/api/v1/admin/invitations", { body: { note } }));
}

export function useCreateInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: createInvitation,
    onSuccess: () => client.invalidateQueries({ queryKey: ["admin-invitations"] }),
  });
}

export async function revokeInvitation(id: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/admin/invitations/{id}", { params: { path: { id } } }));
}

export function useRevokeInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: revokeInvitation,
    onSuccess: () => client.invalidateQueries({ queryKey: ["admin-invitations"] }),
  });
}
