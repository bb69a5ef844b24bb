// POST /auth/register: a new account, signed in at once.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { changePerson } from "@/lib/change-person";
import { unwrap } from "@/lib/problem";
import { cookieSessionHeaders, startSession } from "@/lib/session";

export interface NewAccount {
  username: string;
  email: string;
  password: string;
  invitation?: string;
}

export async function signUp(account: NewAccount) {
  const answer = unwrap(
    await api.POST("/api/v1/auth/register", { body: account, headers: cookieSessionHeaders }),
  );
  startSession(answer.expires_in_s);
  return answer.user;
}

export function useSignUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signUp,
    onSuccess: (user) => changePerson(client, user),
  });
}
