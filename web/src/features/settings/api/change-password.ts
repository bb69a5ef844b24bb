// PUT /auth/password.
import { useMutation } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export interface PasswordChange {
  current_password: string;
  new_password: string;
}

export async function changePassword(change: PasswordChange): Promise<void> {
  unwrap(await api.PUT("/api/v1/auth/password", { body: change }));
}

export function useChangePassword() {
  return useMutation({ mutationFn: changePassword });
}
