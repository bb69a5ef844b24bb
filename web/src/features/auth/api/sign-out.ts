// POST /auth/logout: ends this session, here and on the server.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { changePerson } from "@/lib/change-person";
import { ProblemError, unwrap } from "@/lib/problem";
import { endSession } from "@/lib/session";

export async function signOut(): Promise<void> {
  try {
    unwrap(await api.POST("/api/v1/auth/logout", { body: {} }));
  } catch (error) {
    // A session that is over already is as good as signed out.
    if (!(error instanceof ProblemError && error.status === 401)) throw error;
  }
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      endSession();
      return changePerson(client, null);
    },
  });
}
