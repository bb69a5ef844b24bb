// GET /admin/users and the changes an administrator can make to an account.
import {
  infiniteQueryOptions,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import type { components } from "@/types/api";

export type UserChange = components["schemas"]["AdminUserChange"];

export async function getUsers(cursor: string | undefined) {
  return unwrap(
    await api.GET("/api/v1/admin/users", { params: { query: { cursor, limit: 50 } } }),
  );
}

export const usersQuery = () =>
  infiniteQueryOptions({
    queryKey: ["admin-users"],
    queryFn: ({ pageParam }) => getUsers(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export function useUsers() {
  return useInfiniteQuery(usersQuery());
}

export async function changeUser(id: string, change: UserChange): Promise<void> {
  unwrap(await api.PATCH("/api/v1/admin/users/{id}", { params: { path: { id } }, body: change }));
}

export function useChangeUser(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: UserChange) => changeUser(id, change),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admin-users"] }),
  });
}

/** Makes a new password for someone, to be told to them; they are signed out everywhere. */
export async function resetPassword(id: string): Promise<string> {
  return unwrap(
    await api.POST("/api/v1/admin/users/{id}/password-reset", { params: { path: { id } } }),
  ).password;
}

export function useResetPassword(id: string) {
  return useMutation({ mutationFn: () => resetPassword(id) });
}

export async function deleteUser(id: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/admin/users/{id}", { params: { path: { id } } }));
}

export function useDeleteUser(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => deleteUser(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["admin-users"] }),
  });
}
