// What every screen can count on: the query client, the theme, toasts, and a query for the session that ends with it.
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Toaster } from "@/components/ui/toast";
import { useTheme } from "@/hooks/use-theme";
import { changePerson } from "@/lib/change-person";
import { onSessionEnd } from "@/lib/session";

export function Provider({ client, children }: { client: QueryClient; children: ReactNode }) {
  useTheme();
  useEffect(() => onSessionEnd(() => void changePerson(client, null)), [client]);
  return (
    <QueryClientProvider client={client}>
      {children}
      <Toaster />
    </QueryClientProvider>
  );
}
