// Writes src/types/api.d.ts from schema/openapi.json. Operations are reached by path and method, so their names are
// left out.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

// Other files may be named, so that a check can compare without writing here.
const [
  source = new URL("../../schema/openapi.json", import.meta.url),
  target = new URL("../src/types/api.d.ts", import.meta.url),
] = process.argv.slice(2);
const head = "// Generated from schema/openapi.json by `npm run api`; do not edit.\n\n";

const document = JSON.parse(await readFile(source, "utf8"));
for (const methods of Object.values(document.paths)) {
  for (const operation of Object.values(methods)) delete operation.operationId;
}
await writeFile(target, head + astToString(await openapiTS(document)));
