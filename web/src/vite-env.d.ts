/// <reference types="vite/client" />

/** What src/app/boot.js has begun before the app's own code is here. */
interface Window {
  mutoscopeEarlyVideo?: {
    id: string;
    taken: boolean;
    answer: Promise<{ status: number; body: unknown }>;
    /** Settles when the film's first picture is there, or will not be. */
    shown?: Promise<void>;
    markShown?: () => void;
  };
}
