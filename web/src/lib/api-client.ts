// The one typed client for the server's API; adds the CSRF header, renews the session, names what failed.
import createClient from "openapi-fetch";
import type { paths } from "@/types/api";
import { UnreachableError } from "./problem";
import { csrfHeaders, hasSession, keepSession, renewSession } from "./session";

export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  credentials: "same-origin",
  fetch: sessionFetch,
});

async function sessionFetch(request: Request): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    for (const [name, value] of Object.entries(csrfHeaders)) request.headers.set(name, value);
  }
  try {
    if (isSignIn(request)) return await fetch(request);
    await keepSession();
    const sentAtMs = Date.now();
    const again = request.clone();
    const response = await fetch(request);
    if (response.status !== 401 || !hasSession()) return response;
    return (await renewSession(sentAtMs)) ? await fetch(again) : response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new UnreachableError(error);
  }
}

function isSignIn(request: Request): boolean {
  return /\/auth\/(login|register|refresh)$/.test(new URL(request.url).pathname);
}
