// Search: the query is in the address, so that a result can be shared and gone back to.
import { useSearchParams } from "react-router";
import { SearchResults } from "@/features/search/components/search-results";
import { usePageTitle } from "@/hooks/use-page-title";

export default function SearchPage() {
  const [params] = useSearchParams();
  const query = (params.get("q") ?? "").trim();
  usePageTitle(query ? `“${query}”` : "Search");
  return (
    <div className="mx-auto max-w-5xl">
      <h1 className="mb-6 text-2xl font-semibold [overflow-wrap:anywhere] sm:text-[1.75rem]">
        {query ? `Results for “${query}”` : "Search"}
      </h1>
      <SearchResults query={query} />
    </div>
  );
}
