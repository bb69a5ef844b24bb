// Every address of the web app: `path` for the router, `href` for links.

export const paths = {
  home: { path: "/", href: () => "/" },
  watch: { path: "/watch/:id", href: (id: string) => `/watch/${encodeURIComponent(id)}` },
  search: {
    path: "/search",
    href: (query = "") => (query ? `/search?q=${encodeURIComponent(query)}` : "/search"),
  },
  channel: { path: "/c/:handle", href: (handle: string) => `/c/${encodeURIComponent(handle)}` },
  upload: { path: "/upload", href: () => "/upload" },
  myVideos: { path: "/me/videos", href: () => "/me/videos" },
  settings: { path: "/settings", href: () => "/settings" },
  signIn: { path: "/sign-in", href: (next?: string) => withNext("/sign-in", next) },
  signUp: { path: "/sign-up", href: (next?: string) => withNext("/sign-up", next) },
  invitation: { href: (code: string) => `/sign-up?invitation=${encodeURIComponent(code)}` },
  admin: { path: "/admin", href: () => "/admin/users" },
  adminUsers: { path: "users", href: () => "/admin/users" },
  adminInvitations: { path: "invitations", href: () => "/admin/invitations" },
  adminVideos: { path: "videos", href: () => "/admin/videos" },
} as const;

function withNext(path: string, next?: string): string {
  return next && next !== "/" ? `${path}?next=${encodeURIComponent(next)}` : path;
}

/** Where to go after signing in: only an address of this site, never one given by a stranger's link. */
export function safeNext(next: string | null): string {
  if (!next || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) {
    return paths.home.href();
  }
  return next;
}
