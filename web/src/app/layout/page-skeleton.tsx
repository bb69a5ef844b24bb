// The stand-in while a page's code is on its way.
import { Spinner } from "@/components/ui/spinner";

export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading the page" data-loading className="flex justify-center py-24 text-primary">
      <Spinner />
    </div>
  );
}
