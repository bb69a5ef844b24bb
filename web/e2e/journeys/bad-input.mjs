// Files that are no films: each gets its own clear sentence on the page, and the site goes on.
import { readFile } from "node:fs/promises";
import { check, checkAccess, makingMs, until } from "../check.mjs";

export async function refuseEmptyFile({ main }) {
  const page = await main.newPage();
  await page.goto("/upload");
  await choose(page, "empty.mp4", Buffer.alloc(0));
  const alert = page.getByRole("region", { name: "empty.mp4" }).getByRole("alert");
  await alert.waitFor();
  check(/empty/i.test(await alert.innerText()), "the sentence says that the file is empty");
  await checkAccess(page, "the upload page with an empty file");
}

export async function refuseText(world) {
  const text = Buffer.from("This is a letter, not a film.\n".repeat(200));
  const sentence = await uploadAndRead(world, "letter.mp4", text);
  check(sentence.length > 15 && !/[/\\]\w+[/\\]/.test(sentence), `a clear sentence without a path, not “${sentence}”`);
}

export async function refusePlaylist(world) {
  const text = Buffer.from("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");
  const sentence = await uploadAndRead(world, "list.mp4", text);
  check(!sentence.includes("passwd"), "nothing of the file that it points to is told");
}

export async function surviveTruncated(world) {
  const whole = await readFile(world.film);
  const sentence = await uploadAndRead(world, "cut.mp4", whole.subarray(0, Math.floor(whole.length * 0.6)));
  check(sentence.length >= "Ready to watch.".length, `a sentence, not “${sentence}”`);
}

/** Uploads, waits for the judgement, and reads it. */
async function uploadAndRead({ main }, name, bytes) {
  const page = await main.newPage();
  // A refusal is an answer that the browser also writes to its console.
  main.expecting(400, 409, 415, 422);
  await page.goto("/upload");
  await choose(page, name, bytes);
  const card = page.getByRole("region", { name });
  await card.getByRole("button", { name: "Upload" }).click();
  const alert = card.getByRole("alert");
  const ready = card.getByText("Ready to watch.");
  await until("the file is judged", async () => (await alert.isVisible()) || (await ready.isVisible()), makingMs);
  const sentence = (await alert.isVisible()) ? await alert.innerText() : await ready.innerText();
  await checkAccess(page, `the upload page with ${name}`);
  console.log(`      ${name}: ${sentence}`);
  return sentence;
}

function choose(page, name, buffer) {
  return page.getByLabel("Films to upload").setInputFiles({ name, mimeType: "video/mp4", buffer });
}
