// Proves that the linter holds the layers apart: features from each other, shared code from features.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const web = resolve(import.meta.dirname, "../..");
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "layers-"));
  cpSync(join(web, ".oxlintrc.json"), join(copy, ".oxlintrc.json"));
  symlinkSync(join(web, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true }));

function lint(file: string, imported: string): string {
  const path = join(copy, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { thing } from "${imported}";\nexport const used = thing;\n`);
  try {
    execFileSync(join(web, "node_modules/.bin/oxlint"), ["--deny-warnings", "-f", "unix", file], {
      cwd: copy,
      encoding: "utf8",
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test.each([
  ["src/features/watch/components/a.tsx", "@/features/upload/api/uploads"],
  ["src/features/watch/components/a.tsx", "../../upload/api/uploads"],
  ["src/features/watch/components/a.tsx", "@/app/router"],
  ["src/components/a.tsx", "@/features/upload/api/uploads"],
  ["src/lib/a.ts", "../features/upload/api/uploads"],
  ["src/hooks/a.ts", "@/app/provider"],
])("%s may not import %s", (file, imported) => {
  expect(lint(file, imported)).toContain("no-restricted-imports");
});

test.each([
  ["src/features/watch/components/a.tsx", "../api/count-view"],
  ["src/features/watch/components/a.tsx", "@/components/logo"],
  ["src/app/routes/a.tsx", "@/features/watch/components/watch-page"],
])("%s may import %s", (file, imported) => {
  expect(lint(file, imported)).not.toContain("no-restricted-imports");
});
