// What is read beside the film: captions by the c key and by the menu, chapters on the time range and in a list.
import { check, checkAccess, until } from "../check.mjs";

/** What the browser shows of captions now. */
const shown = (page) =>
  page.evaluate(() => {
    const tracks = [...(document.querySelector("hls-video")?.textTracks ?? [])];
    const showing = tracks.filter((track) => track.kind !== "chapters" && track.mode === "showing");
    return showing.flatMap((track) => [...(track.cues ?? [])].map((cue) => cue.text));
  });

const tracksOffered = (page) =>
  page.evaluate(() =>
    [...(document.querySelector("hls-video")?.textTracks ?? [])].filter((track) => track.kind === "subtitles").length,
  );

async function openFilm(open, filmPath, prepare = async () => {}) {
  const viewer = await open();
  const page = await viewer.newPage();
  await prepare(page);
  await page.goto(filmPath);
  await until("the film plays", () => page.evaluate(() => (document.querySelector("hls-video")?.currentTime ?? 0) > 0.2));
  return page;
}

export async function readCaptions({ open, filmPath }) {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const page = await openFilm(open, filmPath, (fresh) =>
    fresh.route(/\/assets\/player-controls-/, async (route) => {
      await held;
      await route.continue();
    }),
  );
  await until("a track of captions is offered", async () => (await tracksOffered(page)) === 1);
  check((await shown(page)).length === 0, "captions that nobody asked for are not shown");
  await page.locator("h1").click();
  // The film comes before its controls: a key that is pressed between is not lost.
  await page.keyboard.press("c");
  release();
  await until("the captions are shown", async () => (await shown(page)).join() === "The dragon <i>breathes in</i>");
  await page.keyboard.press("c");
  await until("the captions are gone", async () => (await shown(page)).length === 0);

  await page.locator("media-controller").hover();
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-settings-menu-item").filter({ hasText: "Captions" }).click();
  await page.locator("media-captions-menu").getByRole("menuitemradio").last().click();
  await until("the captions are shown again", async () => (await shown(page)).length === 1);
  await page.keyboard.press("Escape");
}

export async function readChapters({ open, filmPath }) {
  const page = await openFilm(open, filmPath);
  const list = page.getByRole("region", { name: "Chapters" });
  await list.getByRole("button", { name: "Fire" }).click();
  await until("the film is in its second chapter", () =>
    page.evaluate(() => document.querySelector("hls-video").currentTime >= 10),
  );
  await until("the list says so", async () =>
    (await list.getByRole("button", { name: "Fire" }).getAttribute("aria-current")) === "true",
  );
  const marked = () => page.evaluate(() => document.querySelector("media-time-range")?.mediaChaptersCues?.length ?? 0);
  await until("the time range has both chapters", async () => (await marked()) === 2);
  await checkAccess(page, "the watch page with chapters");
}
