// Uploading: one film, several dropped at once, a pause, a reload in the middle, and watching before it is all made.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { check, checkAccess, makingMs, until } from "../check.mjs";
import { askFor, signInWell } from "./people.mjs";
import { deleteFromList } from "./my-videos.mjs";

/** Not the title of a film that an earlier run left behind. */
export const filmTitle = `The paper dragon rehearses ${Date.now() % 100_000}`;

export async function uploadFilm({ main, film }, world) {
  const page = await main.newPage();
  await page.goto("/upload");
  await page.getByLabel("Films to upload").setInputFiles(film);
  const card = page.getByRole("region", { name: basename(film) });
  await card.getByLabel("Title").fill(filmTitle);
  await card.getByLabel("Description").fill("Filmed by class 7b.\nNotes: https://example.org/notes.");
  await card.getByLabel("Tags").fill("theatre, stop motion");
  await checkAccess(page, "the upload page with a draft");
  await card.getByRole("button", { name: "Upload" }).click();
  await card.getByRole("progressbar").first().waitFor();
  const watch = card.getByRole("link", { name: "Watch" });
  await watch.waitFor({ timeout: makingMs });
  await checkAccess(page, "the upload page while the film is made");
  await card.getByText("Ready to watch.").waitFor({ timeout: makingMs });
  await watch.click();
  await page.getByRole("heading", { level: 1, name: filmTitle }).waitFor();
  world.filmPath = new URL(page.url()).pathname;
}

const isPart = (url) => !url.pathname.startsWith("/assets/");
const lose = (route) => (route.request().method() === "PUT" ? route.abort() : route.continue());

export async function resumeAfterReload({ main, film }) {
  const page = await main.newPage();
  // The connection that this journey cuts is a console error of its own making.
  main.forgiving("ERR_FAILED");
  await page.route(isPart, lose);
  page.on("dialog", (dialog) => void dialog.accept());
  await page.goto("/upload");
  await page.getByLabel("Films to upload").setInputFiles(film);
  const card = page.getByRole("region", { name: basename(film) });
  await card.getByLabel("Title").fill("Interrupted film");
  await card.getByRole("button", { name: "Upload" }).click();
  await card.getByText("Trying again").waitFor();
  await page.reload();
  await page.unroute(isPart, lose);
  await card.getByText("This upload was interrupted").waitFor();
  await checkAccess(page, "the upload page with an interrupted upload");
  await card.getByLabel(`File of ${basename(film)}`).setInputFiles(film);
  await card.getByRole("link", { name: "Watch" }).waitFor({ timeout: makingMs });
  // Deleted while it is being made: its work must stop, and it must be gone from the list.
  await page.goto("/me/videos");
  await deleteFromList(page, "Interrupted film");
  await page.getByRole("link", { name: filmTitle }).last().waitFor();
}

/** Its loudness, drawn, stands where pictures would be. */
export async function uploadSound({ main, sound }) {
  if (!sound) return;
  const page = await main.newPage();
  await page.goto("/upload");
  await page.getByLabel("Films to upload").setInputFiles(sound);
  const card = page.getByRole("region", { name: basename(sound) });
  await card.getByLabel("Title").fill("The dragon hums");
  await card.getByRole("button", { name: "Upload" }).click();
  await card.getByText("Ready to watch.").waitFor({ timeout: makingMs });
  await card.getByRole("link", { name: "Watch" }).click();
  await page.getByRole("heading", { level: 1, name: "The dragon hums" }).waitFor();
  await until("the sound plays", () => page.evaluate(() => (document.querySelector("hls-video")?.currentTime ?? 0) > 0.2));
  const picture = await page.evaluate(() => {
    const [, address] = getComputedStyle(document.querySelector("hls-video")).backgroundImage.match(/url\("(.+)"\)/) ?? [];
    if (!address) return null;
    return new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(`${image.naturalWidth}x${image.naturalHeight}`);
      image.onerror = () => resolve("broken");
      image.src = address;
    });
  });
  check(picture === "1280x720", `the drawing stands behind the controls: ${picture}`);
  await page.goto("/me/videos");
  await deleteFromList(page, "The dragon hums");
}

/** Files dragged from the desktop, by the browser's own drag and drop. */
export async function dropSeveral({ open, member, clip }, world) {
  const folder = await mkdtemp(join(tmpdir(), "mutoscope-dropped."));
  try {
    world.dropped = ["Lantern slides", "Shadow play"].map((title) => `${title} ${Date.now() % 100_000}`);
    const files = world.dropped.map((title) => join(folder, `${title}.mp4`));
    for (const file of files) await copyFile(clip, file);
    const theirs = await open();
    const page = await theirs.newPage();
    await signInWell(page, member);
    await page.goto("/upload");
    await drop(page, page.getByText("Drop films here"), files);
    await page.getByText("Add more films").waitFor();
    await checkAccess(page, "the upload page with two drafts");
    await page.getByRole("button", { name: "Upload all 2" }).click();
    for (const file of files) {
      await page.getByRole("region", { name: basename(file) }).getByText("Ready to watch.").waitFor({ timeout: makingMs });
    }
    await page.goto("/me/videos");
    for (const title of world.dropped) await page.getByRole("link", { name: title }).last().waitFor();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function drop(page, target, files) {
  const { x, y, width, height } = await target.boundingBox();
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await devtools.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
  }
}

export async function pauseUpload({ open, member, clip }) {
  const theirs = await open();
  const page = await theirs.newPage();
  await signInWell(page, member);
  // The bytes are held back until the upload is paused.
  const held = [];
  const hold = (route) => {
    if (route.request().method() !== "PUT") return route.continue();
    held.push(route);
  };
  await page.route(isPart, hold);
  await page.goto("/upload");
  await page.getByLabel("Films to upload").setInputFiles(clip);
  const name = basename(clip);
  const card = page.getByRole("region", { name });
  await card.getByLabel("Title").fill("Paused film");
  await card.getByRole("button", { name: "Upload" }).click();
  await until("bytes are on their way", () => held.length > 0);
  await card.getByRole("button", { name: `Pause ${name}` }).click();
  await card.getByText(/^Paused at \d+%$/).waitFor();
  await checkAccess(page, "the upload page with a paused upload");
  await page.unroute(isPart, hold);
  // A request that the page has given up takes no answer any more.
  for (const route of held) await route.abort().catch(() => undefined);
  check(await card.getByText(/^Paused at \d+%$/).isVisible(), "it stays paused");
  await card.getByRole("button", { name: "Resume" }).click();
  await card.getByText("Ready to watch.").waitFor({ timeout: makingMs });
}

export async function watchWhileMade({ main, open, film }) {
  const page = await main.newPage();
  await page.goto("/upload");
  await page.getByLabel("Films to upload").setInputFiles(film);
  const card = page.getByRole("region", { name: basename(film) });
  await card.getByLabel("Title").fill("Film in the making");
  await card.getByRole("button", { name: "Upload" }).click();
  const filmPath = await card.getByRole("link", { name: "Watch" }).getAttribute("href", { timeout: makingMs });

  const viewer = await open();
  const theirs = await viewer.newPage();
  await theirs.goto(filmPath);
  const shown = () =>
    theirs.evaluate(() => {
      const video = document.querySelector("hls-video");
      return { atS: video?.currentTime ?? 0, level: video?.api?.loadLevel ?? -1, levels: video?.api?.levels?.length ?? 0 };
    });
  await until("the film plays while it is made", async () => (await shown()).atS > 0.2);
  const { state, progress } = await askFor(theirs, filmPath);
  const { atS: from } = await shown();
  console.log(`      it plays at ${Math.round(progress * 100)} % of its making (${state})`);
  await until("it plays on", async () => (await shown()).atS > from + 2);
  const { level, levels } = await shown();
  check(levels < 2 || level > 0, "waiting for segments does not lower the quality");
  // It asks how far the film is until that is ready, and would be told that it is gone.
  await theirs.close();

  await page.goto("/me/videos");
  await deleteFromList(page, "Film in the making");
}
