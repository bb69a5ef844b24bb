// How answers are kept and tried again.
import { QueryClient } from "@tanstack/react-query";
import { ProblemError } from "./problem";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => isWorthAnotherTry(error) && failures < 2,
        retryDelay: (attempt) => Math.min(4000, 500 * 2 ** attempt) * (0.7 + Math.random() * 0.6),
      },
      mutations: { retry: false },
    },
  });
}

/** A refusal stays a refusal; an overloaded or unreachable server may be back in a moment. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof ProblemError) return error.status === 503 || error.status === 502;
  return true;
}
