/// <reference types="vite/client" />

/** What src/app/boot.js has begun before the app's own code is here. */
interface Window {
  mutoscopeEarlyVideo?: { id: string; taken: boolean; answer: Promise<{ status: number; body: unknown }> };
  mutoscopePlayback?: Promise<void>;
}
