// The app as the browser runs it: one query client, one router.
import { RouterProvider } from "react-router/dom";
import { createQueryClient } from "@/lib/query-client";
import { Provider } from "./provider";
import { createRouter } from "./router";

const client = createQueryClient();
const router = createRouter(client);

export function App() {
  return (
    <Provider client={client}>
      <RouterProvider router={router} />
    </Provider>
  );
}
