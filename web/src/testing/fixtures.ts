// Made-up answers of the API, whole and valid, to be varied by tests.
import type { Session, User, Video } from "@/types/api-types";

let count = 0;

export function video(change: Partial<Video> = {}): Video {
  count += 1;
  return {
    id: `video-${count}`,
    title: `Film ${count}`,
    description: "",
    tags: [],
    privacy: "public",
    channel: { handle: "edith", name: "Edith" },
    state: "ready",
    progress: 1,
    failure: null,
    warnings: [],
    hls_url: "/api/v1/videos/x/media/y/index.m3u8",
    poster_url: null,
    sound_only: false,
    captions: [],
    chapters: [],
    chapters_url: null,
    poster_at_ms: null,
    storyboard_url: null,
    scenes_url: null,
    loudness: null,
    duration_ms: 62_000,
    views: 12,
    published_at: "2026-11-01T10:00:00Z",
    created_at: "2026-11-01T09:00:00Z",
    ...change,
  };
}

export function user(change: Partial<User> = {}): User {
  return {
    id: "user-1",
    username: "Edith",
    handle: "edith",
    email: "edith@example.org",
    role: "member",
    quota_bytes: 50_000_000_000,
    used_bytes: 1_000_000,
    created_at: "2026-10-01T09:00:00Z",
    ...change,
  };
}

export function session(change: Partial<Session> = {}): Session {
  return {
    id: "session-1",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    address: "192.0.2.7",
    created_at: "2026-11-01T09:00:00Z",
    last_used_at: "2026-11-02T09:00:00Z",
    expires_at: "2026-12-02T09:00:00Z",
    current: true,
    ...change,
  };
}
