// Uploading a film, and going on with an upload that a reload interrupted.
import { basename } from "node:path";
import { checkAccess, makingMs } from "../check.mjs";
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
