// GET /search/suggestions: how a search that has begun may go on.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function getSuggestions(q: string, signal: AbortSignal) {
  return unwrap(
    await api.GET("/api/v1/search/suggestions", { params: { query: { q } }, signal }),
  ).suggestions.map((suggestion) => suggestion.text);
}

export const suggestionsQuery = (q: string) =>
  queryOptions({
    queryKey: ["suggestions", q],
    queryFn: ({ signal }) => getSuggestions(q, signal),
    placeholderData: keepPreviousData,
    retry: 1,
  });

export function useSuggestions(q: string) {
  return useQuery({ ...suggestionsQuery(q), enabled: q !== "" });
}
