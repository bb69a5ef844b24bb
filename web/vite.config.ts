// How the web app is built, served while developing, and tested.
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { bootScript } from "./vite/boot-script.ts";
import { precompress } from "./vite/precompress.ts";

const api = process.env.MUTOSCOPE_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss(), bootScript(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": api } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // One style sheet: a second one would hold the watch page back until it is there.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What src/app/boot.js starts ahead of the app; it must need nothing of the app's own files.
            {
              name: "playback",
              test: /node_modules\/(hls\.js|hls-video-element|custom-media-element|media-tracks)\/|features\/watch\/lib\/(playback|playback-support|film-place|hls-config|fragment-loader)\.ts/,
              priority: 2,
            },
            // What every page needs, in one file: a browser has six connections, and forty small files wait for each other.
            {
              name: "app",
              test: /node_modules\/(?!media-chrome|ce-la-react|@noble)|src\/(components|config|hooks|lib|utils)\//,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/" } },
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 30_000,
    // A failed search prints the names of what is there, not the whole page.
    env: { DEBUG_PRINT_LIMIT: "0" },
  },
});
