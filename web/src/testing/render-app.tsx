// Renders the whole app at an address, as a browser would show it, against the mocked API.
import { QueryClient } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createMemoryRouter, RouterProvider } from "react-router";
import { Provider } from "@/app/provider";
import { createRoutes } from "@/app/router";
import { startSession } from "@/lib/session";
import type { User } from "@/types/api-types";
import { world } from "./server";

export function renderApp(address: string, as: User | null = null) {
  if (as) {
    world.me = as;
    startSession(600);
  }
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter(createRoutes(client), { initialEntries: [address] });
  const person = userEvent.setup();
  render(
    <Provider client={client}>
      <RouterProvider router={router} />
    </Provider>,
  );
  return { person, router };
}
