// GET /config: what this server is called and who may register.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getConfig() {
  return unwrap(await api.GET("/api/v1/config"));
}

export const configQuery = () =>
  queryOptions({ queryKey: ["config"], queryFn: getConfig, staleTime: 300_000 });

export function useConfig() {
  return useQuery(configQuery());
}
