// Before each test file: matchers, a mocked API that refuses unknown calls, a clean page after each test.
import "@testing-library/jest-dom/vitest";
import { IDBFactory } from "fake-indexeddb";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { uploadQueue } from "@/features/upload/lib/upload-queue";
import { resetWorld, server } from "./server";

// What jsdom has not: layout, and questions about it.
window.matchMedia = ((query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})) as unknown as typeof window.matchMedia;
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.hasPointerCapture = () => false;
Blob.prototype.arrayBuffer ??= function (this: Blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      // jsdom has an ArrayBuffer of its own, which Node's cryptography does not know.
      resolve(new Uint8Array(reader.result as ArrayBuffer).slice().buffer);
    });
    reader.addEventListener("error", () => reject(reader.error ?? new Error("not read")));
    reader.readAsArrayBuffer(this);
  });
};
window.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
} as unknown as typeof ResizeObserver;

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 8000 });

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  uploadQueue.close();
  server.resetHandlers();
  resetWorld();
  localStorage.clear();
});
afterAll(() => server.close());
