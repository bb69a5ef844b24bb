// The mocked API (msw): a small world that tests fill, and the handlers that answer from it.
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import type { Problem, ServerConfig, User, Video } from "@/types/api-types";

interface World {
  config: ServerConfig;
  me: User | null;
  videos: Video[];
}

export const world: World = freshWorld();

export function resetWorld(): void {
  Object.assign(world, freshWorld());
}

export function problem(status: number, code: string, detail: string, field?: string) {
  const body: Problem = {
    type: `/api/docs#error-${code}`,
    title: code,
    status,
    detail,
    code,
    field: field ?? null,
    request_id: "test",
  };
  return HttpResponse.json(body, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

/** What register, login and refresh answer a browser that asked for cookies. */
export function signedIn(me: User) {
  world.me = me;
  return { user: me, access_token: null, expires_in_s: 600, refresh_token: null };
}

export const at = (path: string) => `http://localhost/api/v1${path}`;

export const server = setupServer(
  http.get(at("/config"), () => HttpResponse.json(world.config)),
  http.get(at("/auth/me"), () =>
    world.me ? HttpResponse.json(world.me) : problem(401, "not_signed_in", "sign in first"),
  ),
  http.get(at("/videos"), () =>
    HttpResponse.json({
      videos: world.videos.filter((video) => video.privacy === "public"),
      next_cursor: null,
    }),
  ),
  http.get(at("/me/videos"), () => HttpResponse.json({ videos: world.videos, next_cursor: null })),
  http.get(at("/videos/:id"), ({ params }) => {
    const found = world.videos.find((video) => video.id === params.id);
    return found ? HttpResponse.json(found) : problem(404, "not_found", "there is no such video");
  }),
  http.get(at("/channels/:handle"), ({ params }) => {
    const videos = world.videos.filter((video) => video.channel.handle === params.handle);
    return videos[0]
      ? HttpResponse.json({ ...videos[0].channel, videos, next_cursor: null })
      : problem(404, "not_found", "there is no such channel");
  }),
  http.get(at("/search/suggestions"), () => HttpResponse.json({ suggestions: [] })),
);

function freshWorld(): World {
  return {
    config: {
      name: "Mutoscope",
      registration: "open",
      first_account: false,
      insecure_transport: false,
      max_upload_bytes: 100_000_000_000,
    },
    me: null,
    videos: [],
  };
}
