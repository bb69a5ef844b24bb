// Serves src/app/boot.js as an external classic script in <head>, told at build time which files the pages need.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin, Rolldown } from "vite";

const source = fileURLToPath(new URL("../src/app/boot.js", import.meta.url));
const watchModule = "/src/app/routes/watch.tsx";
const drawModule = "/src/app/draw.tsx";
const playbackModule = "/src/features/watch/lib/playback.ts";
const placeholder = "__BOOT_FILES__";

/** The content-security-policy forbids inline scripts, so the boot code is a file of its own: `/assets/boot-<hash>.js`. */
export function bootScript(): Plugin {
  let address = "/boot.js";
  return {
    name: "mutoscope-boot-script",
    configureServer(server) {
      server.middlewares.use("/boot.js", (_request, response) => {
        void readFile(source, "utf8").then((code) => {
          response.setHeader("content-type", "text/javascript");
          response.end(code.replace(placeholder, JSON.stringify({ app: [], watch: [], playback: null })));
        });
      });
    },
    generateBundle: {
      order: "pre",
      async handler(_options, bundle) {
        const app = filesOf(drawModule, bundle);
        const files = JSON.stringify({
          app,
          // What it needs beside the app's.
          watch: filesOf(watchModule, bundle).filter((file) => !app.includes(file)),
          playback: chunkWith(playbackModule, bundle),
        });
        const code = (await readFile(source, "utf8")).replace(placeholder, files);
        const hash = createHash("sha256").update(code).digest("hex").slice(0, 8);
        address = `/assets/boot-${hash}.js`;
        this.emitFile({ type: "asset", fileName: address.slice(1), source: code });
      },
    },
    transformIndexHtml: {
      order: "post",
      handler: (html) => html.replace("<!-- boot -->", `<script src="${address}"></script>`),
    },
  };
}

/** The chunk that holds `module`, and every chunk it imports statically. */
function filesOf(module: string, bundle: Rolldown.OutputBundle): string[] {
  const found = new Set<string>();
  const visit = (fileName: string) => {
    const file = bundle[fileName];
    if (!file || found.has(fileName) || file.type !== "chunk") return;
    found.add(fileName);
    file.imports.forEach(visit);
  };
  visit(chunkWith(module, bundle).slice(1));
  return [...found].map((fileName) => `/${fileName}`);
}

function chunkWith(module: string, bundle: Rolldown.OutputBundle): string {
  const chunk = Object.values(bundle).find(
    (file) => file.type === "chunk" && file.moduleIds.some((id) => id.endsWith(module)),
  );
  if (!chunk) throw new Error(`no chunk holds ${module}`);
  return `/${chunk.fileName}`;
}
