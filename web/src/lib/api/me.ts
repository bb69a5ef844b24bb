// GET /auth/me: who is signed in, or null.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { ProblemError, unwrap } from "@/lib/problem";
import { endSession, hasSession } from "@/lib/session";
import type { User } from "@/types/api-types";

export async function getMe(): Promise<User | null> {
  if (!hasSession()) return null;
  try {
    return unwrap(await api.GET("/api/v1/auth/me"));
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) {
      endSession();
      return null;
    }
    throw error;
  }
}

export const meQuery = () => queryOptions({ queryKey: ["me"], queryFn: getMe, staleTime: 60_000 });

export function useMe() {
  return useQuery(meQuery());
}
