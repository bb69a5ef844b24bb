// Shown when a page's code could not be fetched or broke; a new release on the server is the usual cause.
import { RotateCw } from "lucide-react";
import { useRouteError } from "react-router";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/empty-state";

export function PageFault() {
  const fault = useRouteError();
  const missing = fault instanceof TypeError && /import|fetch/i.test(fault.message);
  return (
    <div role="alert">
      <EmptyState
        title={missing ? "This page could not be fetched" : "This page broke"}
        action={
          <Button onClick={() => location.reload()}>
            <RotateCw aria-hidden="true" />
            Reload
          </Button>
        }
      >
        {missing
          ? "The server may just have been updated, or the connection was lost. Reloading helps."
          : "That should not happen. Reloading usually helps."}
      </EmptyState>
    </div>
  );
}
