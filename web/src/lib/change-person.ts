// After signing in or out: what was shown to one person is not for the next.
import type { QueryClient } from "@tanstack/react-query";
import type { User } from "@/types/api-types";

export async function changePerson(client: QueryClient, user: User | null): Promise<void> {
  await client.cancelQueries();
  client.setQueryData(["me"], user);
  client.removeQueries({ predicate: isPersonal, type: "inactive" });
  // Pages that need an account are gone by then; what is still shown is asked for again.
  setTimeout(() => void client.resetQueries({ predicate: isPersonal, type: "active" }));
}

function isPersonal(query: { queryKey: readonly unknown[] }): boolean {
  return query.queryKey[0] !== "me" && query.queryKey[0] !== "config";
}
