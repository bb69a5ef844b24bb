// DELETE /me: the account with all its videos.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { changePerson } from "@/lib/change-person";
import { unwrap } from "@/lib/problem";
import { endSession } from "@/lib/session";

export async function deleteAccount(password: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/me", { body: { password } }));
}

export function useDeleteAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deleteAccount,
    onSuccess: () => {
      endSession();
      return changePerson(client, null);
    },
  });
}
