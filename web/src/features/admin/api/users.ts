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

export async function resetPassword(id: string, password: string): Promise<void> {
  unwrap(
    await api.PUT("/api/v1/admin/users/{id}/password", {
      params: { path: { id } },
      body: { password },
    }),
  );
}

export function useResetPassword(id: string) {
  return useMutation({ mutationFn: (password: string) => resetPassword(id, password) });
}
