/// <reference types="vite/client" />

/** What src/app/boot.js has begun before the app's own code is here. */
interface Window {
  mutoscopeEarlyVideo?: { id: string; answer: Promise<unknown> };
}
