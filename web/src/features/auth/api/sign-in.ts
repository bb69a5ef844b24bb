// POST /auth/login: by user name or e-mail address.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { changePerson } from "@/lib/change-person";
import { unwrap } from "@/lib/problem";
import { cookieSessionHeaders, startSession } from "@/lib/session";

export interface Credentials {
  login: string;
  password: string;
}

export async function signIn(credentials: Credentials) {
  const answer = unwrap(
    await api.POST("/api/v1/auth/login", { body: credentials, headers: cookieSessionHeaders }),
  );
  startSession(answer.expires_in_s);
  return answer.user;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: signIn,
    onSuccess: (user) => changePerson(client, user),
  });
}
