// Keeps the signed-in state alive: the cookies are the server's, this file only knows until when they are good.
import { withTabLock } from "./locks";

const storageKey = "mutoscope.session";
const marginMs = 10_000;
const refreshUrl = "/api/v1/auth/refresh";

interface SessionHint {
  expires_at_ms: number;
  renewed_at_ms: number;
}

let unstored: string | null = null;
let renewal: Promise<boolean> | null = null;
const listeners = new Set<() => void>();

/** Headers for every call that changes something: proof that the page, not a foreign form, made it. */
export const csrfHeaders = { "X-Mutoscope-CSRF": "1" } as const;
/** Headers for calls that sign in: ask for cookies. */
export const cookieSessionHeaders = { ...csrfHeaders, "X-Mutoscope-Session": "cookie" } as const;

export function hasSession(): boolean {
  return readHint() !== null;
}

export function startSession(expiresInS: number): void {
  const now = Date.now();
  const hint: SessionHint = { expires_at_ms: now + expiresInS * 1000, renewed_at_ms: now };
  write(JSON.stringify(hint));
}

export function endSession(): void {
  write(null);
  listeners.forEach((listener) => listener());
}

/** Calls back when the session ends, in this tab or another. */
export function onSessionEnd(listener: () => void): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key === storageKey && event.newValue === null) listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}

/** Renews before the access cookie runs out, so that a signed-in viewer is never taken for a stranger. */
export async function keepSession(): Promise<void> {
  const hint = readHint();
  if (hint && hint.expires_at_ms - marginMs < Date.now()) await renewSession(Date.now());
}

/**
 * Trades the refresh cookie for a new pair, once for all callers and tabs; refresh tokens rotate, and using one
 * twice ends the session. `seenAtMs` is when the caller learnt that the access cookie is no good: a renewal after
 * that instant, by any tab, is enough. False when the session is over.
 */
export function renewSession(seenAtMs: number): Promise<boolean> {
  renewal ??= withTabLock(storageKey, () => renewLocked(seenAtMs)).finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renewLocked(seenAtMs: number): Promise<boolean> {
  const hint = readHint();
  if (!hint) return false;
  if (hint.renewed_at_ms > seenAtMs) return true;
  const response = await fetch(new URL(refreshUrl, location.origin), {
    method: "POST",
    credentials: "same-origin",
    headers: { ...cookieSessionHeaders, "Content-Type": "application/json" },
    body: "{}",
  });
  if (response.ok) {
    const answer = (await response.json()) as { expires_in_s: number };
    startSession(answer.expires_in_s);
    return true;
  }
  if (response.status === 400 || response.status === 401 || response.status === 403) endSession();
  return false;
}

function readHint(): SessionHint | null {
  let text = unstored;
  try {
    text = localStorage.getItem(storageKey) ?? unstored;
  } catch {
    // What the page itself remembers has to do.
  }
  return parseHint(text);
}

function parseHint(text: string | null): SessionHint | null {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

function write(value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, value);
    unstored = null;
  } catch {
    // Where storage is switched off, the session is known as long as the page is open.
    unstored = value;
  }
}
