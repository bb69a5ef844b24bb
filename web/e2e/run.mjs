// The browser's end-to-end run: BASE_URL is a running server with fresh data, FILM a film file of 480 lines or
// more, CLIP a short one for what needs no long one, SOUND one without pictures. Words name the journeys to make; SCREENSHOTS names a folder for a picture of every page of a journey that failed.
import { statSync } from "node:fs";
import { openBrowser, openContext } from "./browser.mjs";
import { journeys } from "./journeys/all.mjs";
import { describePages } from "./report.mjs";

const baseUrl = (process.env.BASE_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const film = process.env.FILM;
const clip = process.env.CLIP ?? film;
const sound = process.env.SOUND;
const only = process.argv.slice(2);

if (!film || !statSync(film, { throwIfNoEntry: false })?.isFile()) {
  console.error("FILM must name a film file");
  process.exit(2);
}

const browser = await openBrowser();
const person = { username: `edith${Date.now() % 1_000_000}`, password: "drum of nine hundred cards" };
const world = { baseUrl, film, clip, sound, browser, person, main: await openContext(browser, baseUrl) };
const startedMs = Date.now();
let passed = 0;
let failed = 0;

const wanted = wantedOf(journeys);
for (const { name, play, essential } of wanted) {
  if (!(await makeJourney(name, play)) && essential) {
    console.log("the other journeys need this one: the run ends here");
    break;
  }
}

await browser.close();
console.log(`${passed} passed, ${failed} failed in ${Math.round((Date.now() - startedMs) / 1000)} s`);
process.exit(failed > 0 ? 1 : 0);

/** Those that the command line names, and what they need. */
function wantedOf(all) {
  if (only.length === 0) return all;
  const found = new Set(all.filter(({ name, essential }) => essential || only.some((word) => name.includes(word))));
  for (const journey of found) {
    const needed = all.find(({ play }) => play === journey.after);
    if (needed) found.add(needed);
  }
  return all.filter((journey) => found.has(journey));
}

async function makeJourney(name, play) {
  const beganMs = Date.now();
  const contexts = [world.main];
  const open = async (options) => {
    const opened = await openContext(browser, baseUrl, options);
    contexts.push(opened);
    return opened;
  };
  const lines = [];
  try {
    await play({ ...world, open }, world);
  } catch (error) {
    lines.push(error instanceof Error ? error.message : String(error));
  }
  lines.push(...contexts.flatMap((opened) => opened.takeFaults()));
  const pages = contexts.flatMap((opened) => opened.context.pages());
  if (lines.length > 0) lines.push(...(await describePages(pages, name)));
  for (const opened of contexts.slice(1)) await opened.close();
  for (const page of world.main.context.pages()) await page.close();

  const took = `${Date.now() - beganMs} ms`;
  if (lines.length === 0) {
    passed += 1;
    console.log(`ok    ${name} (${took})`);
    return true;
  }
  failed += 1;
  console.log(`FAIL  ${name} (${took})`);
  for (const line of lines) console.log(`    ${line}`);
  return false;
}
