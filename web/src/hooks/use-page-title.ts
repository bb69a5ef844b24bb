// Sets the browser's title while a page is shown.
import { useEffect } from "react";
import { useConfig } from "@/lib/api/config";

export function usePageTitle(title: string | null | undefined): void {
  const site = useConfig().data?.name ?? "Mutoscope";
  useEffect(() => {
    document.title = title ? `${title} · ${site}` : site;
  }, [title, site]);
}
