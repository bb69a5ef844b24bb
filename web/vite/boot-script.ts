// Serves src/app/boot.js as an external classic script in <head>, told at build time which files the watch page needs.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin, Rolldown } from "vite";

const source = fileURLToPath(new URL("../src/app/boot.js", import.meta.url));
const watchModule = "/src/app/routes/watch.tsx";
const placeholder = "__WATCH_FILES__";

/** The content-security-policy forbids inline scripts, so the boot code is a file of its own: `/assets/boot-<hash>.js`. */
export function bootScript(): Plugin {
  let fileName = "src/app/boot.js";
  return {
    name: "mutoscope-boot-script",
    configureServer(server) {
      server.middlewares.use("/boot.js", (_request, response) => {
        void readFile(source, "utf8").then((code) => {
          response.setHeader("content-type", "text/javascript");
          response.end(code.replace(placeholder, "[]"));
        });
      });
    },
    transformIndexHtml: {
      order: "post",
      async handler(html, context) {
        if (!context.bundle) {
          return html.replace("<!-- boot -->", '<script src="/boot.js"></script>');
        }
        const code = (await readFile(source, "utf8")).replace(
          placeholder,
          JSON.stringify(filesOf(watchModule, context.bundle)),
        );
        fileName = `assets/boot-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`;
        context.bundle[fileName] = {
          type: "asset",
          fileName,
          source: code,
          name: undefined,
          names: [],
          originalFileName: null,
          originalFileNames: [],
        } as unknown as Rolldown.OutputAsset;
        return html.replace("<!-- boot -->", `<script src="/${fileName}"></script>`);
      },
    },
  };
}

/** The chunk that holds `module`, and every chunk it imports statically. */
function filesOf(module: string, bundle: Rolldown.OutputBundle): string[] {
  const start = Object.values(bundle).find(
    (file) => file.type === "chunk" && file.facadeModuleId?.endsWith(module),
  );
  const found = new Set<string>();
  const visit = (fileName: string) => {
    const file = bundle[fileName];
    if (!file || found.has(fileName) || file.type !== "chunk") return;
    found.add(fileName);
    file.imports.forEach(visit);
  };
  if (start) visit(start.fileName);
  return [...found].map((fileName) => `/${fileName}`);
}
