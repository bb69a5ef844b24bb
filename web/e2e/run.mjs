// The browser's end-to-end run: BASE_URL is a running server with fresh data, FILM a film file of 480 lines or more.
import { statSync } from "node:fs";
import { openBrowser, openContext } from "./browser.mjs";
import { journeys } from "./journeys/all.mjs";

const baseUrl = (process.env.BASE_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const film = process.env.FILM;
const only = process.argv.slice(2);

if (!film || !statSync(film, { throwIfNoEntry: false })?.isFile()) {
  console.error("FILM must name a film file");
  process.exit(2);
}

const browser = await openBrowser();
const person = { username: `edith${Date.now() % 1_000_000}`, password: "drum of nine hundred cards" };
const world = { baseUrl, film, browser, person, main: await openContext(browser, baseUrl) };
let passed = 0;
let failed = 0;

for (const { name, play } of journeys) {
  if (only.length > 0 && !only.some((word) => name.includes(word)) && name !== journeys[0].name) continue;
  const startedMs = Date.now();
  const contexts = [];
  const open = async (options) => {
    const opened = await openContext(browser, baseUrl, options);
    contexts.push(opened);
    return opened;
  };
  let fault = null;
  try {
    await play({ ...world, open }, world);
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  const reports = [world.main, ...contexts].flatMap((opened) => opened.faults.splice(0));
  for (const opened of contexts) await opened.close();
  for (const page of world.main.context.pages()) await page.close();
  if (fault || reports.length > 0) {
    failed += 1;
    console.log(`FAIL  ${name} (${Date.now() - startedMs} ms)`);
    for (const line of [fault, ...reports].filter(Boolean)) console.log(`    ${line}`);
  } else {
    passed += 1;
    console.log(`ok    ${name} (${Date.now() - startedMs} ms)`);
  }
}

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
