// POST /videos/{id}/views: this viewer has watched; the server counts once a viewer and day.
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";

export async function countView(id: string): Promise<void> {
  unwrap(await api.POST("/api/v1/videos/{id}/views", { params: { path: { id } } }));
}
