// What the gateway carried while a film went up and was played, by its own log: GATEWAY_LOG. FILM is the film that was sent; API
// and STORAGE are the addresses behind the gateway. The roles are asked for what they count, too.
import { readFileSync, statSync } from "node:fs";
import { check } from "./check.mjs";

const filmBytes = statSync(process.env.FILM).size;
const api = process.env.API.split(" ");
const storage = process.env.STORAGE;

const lines = readFileSync(process.env.GATEWAY_LOG, "utf8").split("\n");
const requests = lines.filter((line) => line.startsWith('{"time"')).map((line) => JSON.parse(line));
const sum = (some, field) => some.reduce((total, request) => total + request[field], 0);

const parts = requests.filter(({ method, to, status }) => method === "PUT" && to === storage && status === 200);
const stored = sum(parts, "bytes_in");
const toRoles = requests.filter(({ to }) => api.some((address) => to.includes(address)));
const carried = sum(toRoles, "bytes_in");
const hits = requests.filter(({ cache }) => cache === "HIT");
const balanced = api.map((address) => toRoles.filter(({ to }) => to === address).length);

let counted = 0;
for (const address of api) {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  counted += Number(/^mutoscope_uploaded_bytes_total (\d+)/m.exec(text)?.[1] ?? 0);
}

console.log(`      film ${filmBytes} B; into S3 ${stored} B in ${parts.length} parts; to the api roles ${carried} B in ` +
  `${toRoles.length} requests (${balanced.join(" and ")}), of which parts: ${counted} B; ${hits.length} answers from the cache`);
check(stored >= filmBytes && stored < filmBytes + parts.length * 4096, "the film went into S3, once");
check(counted === 0, "no api role stored a part");
check(!toRoles.some(({ path }) => path.includes("/parts/")), "no api role was sent a part");
// What is left are questions: headers and small bodies. None of them is as long as a piece of the film would be.
check(Math.max(...toRoles.map((request) => request.bytes_in)) < 16_384, "no request to an api role is as long as a part");
check(balanced.every((count) => count > 0), "both api roles were asked");
check(hits.length > 0, "segments came out of the cache");
check(!lines.some((line) => /Signature=|X-Amz/i.test(line)), "no signature stands in the log");
