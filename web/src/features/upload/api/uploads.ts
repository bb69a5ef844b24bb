// POST /uploads, GET and DELETE /uploads/{id}, its links and its completion: the resumable upload, call by call.
import { api } from "@/lib/api-client";
import { unwrap } from "@/lib/problem";
import type { components } from "@/types/api";
import type { PartLink, Upload, UploadCreated } from "@/types/api-types";

export type NewUpload = components["schemas"]["NewUpload"];

export async function createUpload(upload: NewUpload): Promise<UploadCreated> {
  return unwrap(await api.POST("/api/v1/uploads", { body: upload }));
}

export async function getUpload(id: string, signal?: AbortSignal): Promise<Upload> {
  return unwrap(await api.GET("/api/v1/uploads/{id}", { params: { path: { id } }, signal }));
}

/** A signed link for one part, bound to its number and SHA-256. */
export async function getPartLink(
  id: string,
  number: number,
  sha256Hex: string,
  signal?: AbortSignal,
): Promise<PartLink> {
  const { links } = unwrap(
    await api.POST("/api/v1/uploads/{id}/links", {
      params: { path: { id } },
      body: { parts: [{ number, sha256_hex: sha256Hex }] },
      signal,
    }),
  );
  const link = links.find((candidate) => candidate.number === number);
  if (!link) throw new Error(`the server sent no link for part ${number}`);
  return link;
}

/** Says that all parts are there; saying it twice does no harm. */
export async function completeUpload(id: string, signal?: AbortSignal): Promise<void> {
  unwrap(await api.POST("/api/v1/uploads/{id}/complete", { params: { path: { id } }, signal }));
}

export async function abortUpload(id: string): Promise<void> {
  unwrap(await api.DELETE("/api/v1/uploads/{id}", { params: { path: { id } } }));
}
