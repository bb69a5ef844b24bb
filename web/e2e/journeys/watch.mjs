// Watching: first frame, two qualities, keys, the view that is counted.
import { check, checkAccess, until } from "../check.mjs";
import { askFor } from "./people.mjs";
import { filmTitle } from "./upload.mjs";

const timeOf = (page) => page.evaluate(() => document.querySelector("hls-video")?.currentTime ?? 0);
const heightOf = (page) => page.evaluate(() => document.querySelector("hls-video")?.nativeEl?.videoHeight ?? 0);
const isPaused = (page) => page.evaluate(() => document.querySelector("hls-video").paused);

export async function watchAtTwoQualities({ open, filmPath }) {
  const viewer = await open();
  const page = await viewer.newPage();
  await page.goto(filmPath);
  await page.getByRole("heading", { level: 1, name: filmTitle }).waitFor();
  await until("the film plays", async () => (await timeOf(page)) > 0.2);
  console.log(`      first frame after ${await firstFrameMs(page)} ms`);

  const heights = [];
  for (const choice of [0, 1]) {
    await fromTheStart(page);
    const label = await chooseQuality(page, choice);
    await until(`${label} is shown`, async () => {
      await keepGoing(page);
      return (await heightOf(page)) === Number.parseInt(label, 10);
    });
    const from = await timeOf(page);
    await until(`the film moves on at ${label}`, async () => (await timeOf(page)) > from + 0.7);
    heights.push(await heightOf(page));
  }
  check(heights[0] !== heights[1], `two qualities were played, not ${heights}`);

  await fromTheStart(page);
  await page.locator("h1").click();
  await page.keyboard.press("k");
  check(await isPaused(page), "k pauses");
  await page.keyboard.press("k");
  check(!(await isPaused(page)), "k plays on");

  await checkAccess(page, "the watch page");
  const link = page.getByRole("link", { name: "https://example.org/notes" });
  check((await link.getAttribute("rel")).includes("noopener"), "addresses in descriptions are links that give nothing away");
  await page.getByRole("link", { name: "#theatre" }).waitFor();

  await until("the view is counted", async () => {
    await keepGoing(page);
    return (await askFor(page, filmPath)).views >= 1;
  });
}

/** The app's code is held back: the film is there, and when the app comes it plays on, in the same place. */
export async function seeTheFilmFirst({ open, filmPath }) {
  for (const device of ["desktop", "phone"]) {
    const viewer = await open({ device });
    const page = await viewer.newPage();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route(/\/assets\/draw-/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(filmPath, { waitUntil: "commit" });
    await until(`the film plays before the app is there (${device})`, async () => (await timeOf(page)) > 0.2);
    check((await page.locator("h1").count()) === 0, "the app is not there yet");
    const film = page.locator("hls-video");
    const first = await film.boundingBox();
    const playedS = await timeOf(page);
    release();
    await page.locator("media-controller media-time-range").waitFor();
    check((await timeOf(page)) >= playedS, `the film goes on when the app comes (${device})`);
    check(!(await isPaused(page)), `the film still plays (${device})`);
    const then = await film.boundingBox();
    check(JSON.stringify(then) === JSON.stringify(first), `the film stays where it was: ${JSON.stringify([first, then])} (${device})`);
    check((await page.locator(".film-first").count()) === 0, "nothing lies over the page");
    await viewer.close();
  }
}

export async function seeThumbnailsAndChooseThePoster({ main, open, filmPath }) {
  const page = await main.newPage();
  const hidden = await hideStoryboardOnce(page, filmPath);
  const storyboard = page.waitForResponse(/\/storyboard\.vtt$/);
  await page.goto(filmPath);
  await until("the film plays", async () => (await timeOf(page)) > 0.2);
  check(hidden.times === 1, "the page was opened when there was no storyboard yet");
  check((await storyboard).ok(), "the page finds the storyboard by itself");
  const range = page.locator("media-time-range");
  const { width } = await range.boundingBox();
  const places = [];
  for (const share of [0.25, 0.75]) {
    await until(`a thumbnail is shown at ${share} of the seek bar`, async () => {
      await page.locator("media-controller").hover();
      await range.hover({ position: { x: width * share + Math.random(), y: 5 } });
      const image = await range.getAttribute("mediapreviewimage");
      if (!image?.includes("/storyboard-0.jpg#xywh=")) return false;
      const isDrawn = await range.locator("media-preview-thumbnail img").evaluate((drawn) => drawn.complete && drawn.naturalWidth >= 160);
      if (!isDrawn) return false;
      places.push(image.split("#")[1]);
      return true;
    });
  }
  check(places[0] !== places[1], `another place has another thumbnail, not ${places}`);
  await scrubByTouch(open, filmPath);

  await page.evaluate(() => {
    const video = document.querySelector("hls-video");
    video.pause();
    video.currentTime = 7.5;
  });
  await until("the film stands there", async () => Math.abs((await timeOf(page)) - 7.5) < 0.2);
  await page.getByRole("button", { name: "Use as poster" }).click();
  await page.getByText("This moment becomes the poster.", { exact: true }).waitFor();
  await until("the poster is of that moment", async () => {
    const { poster_url: url, poster_at_ms: atMs } = await askFor(page, filmPath);
    return Math.abs(atMs - 7500) < 200 && url.endsWith(`/poster-${atMs}.jpg`);
  });
}

/** The first answer about the film is one from before its storyboard was made: the page is to find it by itself. */
async function hideStoryboardOnce(page, filmPath) {
  const hidden = { times: 0 };
  const id = filmPath.split("/").pop();
  await page.route(`**/api/v1/videos/${id}`, async (route) => {
    if (hidden.times > 0) return route.continue();
    hidden.times += 1;
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()), storyboard_url: null } });
  });
  return hidden;
}

/** A finger on the seek bar: the thumbnail follows it, and goes when it is lifted. */
async function scrubByTouch(open, filmPath) {
  const phone = await open({ device: "phone" });
  const page = await phone.newPage();
  await page.goto(filmPath);
  await until("the film plays on a phone", async () => (await timeOf(page)) > 0.2);
  const range = page.locator("media-time-range");
  const thumbnail = range.locator("media-preview-thumbnail");
  const session = await phone.context.newCDPSession(page);
  const touch = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await page.evaluate(() => document.querySelector("hls-video").pause());
  const box = await range.boundingBox();
  const at = (share) => [{ x: box.x + box.width * share, y: box.y + box.height / 2 }];
  check(!(await thumbnail.isVisible()), "no thumbnail is shown before a finger touches");
  await touch("touchStart", at(0.2));
  let share = 0.2;
  await until("a thumbnail is shown under the finger", async () => {
    share = share < 0.7 ? share + 0.05 : 0.3;
    await touch("touchMove", at(share));
    const image = await range.getAttribute("mediapreviewimage");
    return Boolean(image?.includes("/storyboard-0.jpg#xywh=")) && (await thumbnail.isVisible());
  });
  const shown = await thumbnail.boundingBox();
  const screen = page.viewportSize();
  check(shown.x >= 0 && shown.x + shown.width <= screen.width && shown.y >= 0, "all of it is on the screen");
  check(shown.y + shown.height <= box.y + 1, "it stands above the finger");
  await touch("touchEnd", []);
  await until("it goes with the finger", async () => !(await thumbnail.isVisible()));
  const length = await page.evaluate(() => document.querySelector("hls-video").duration);
  await until("the film stands where the finger was", async () => Math.abs((await timeOf(page)) - length * share) < 1);
}

/** A short film must not end while it is looked at. */
function fromTheStart(page) {
  return page.evaluate(async () => {
    const video = document.querySelector("hls-video");
    video.currentTime = 0;
    await video.play();
  });
}

/** However slow the machine: what is waited for is waited for in a film that plays. */
function keepGoing(page) {
  return page.evaluate(() => {
    const video = document.querySelector("hls-video");
    if (!video || !(video.duration - video.currentTime < 8)) return;
    video.currentTime = 0;
    void video.play();
  });
}

async function chooseQuality(page, choice) {
  await page.locator("media-controller").hover();
  await page.locator("media-settings-menu-button").click();
  await page.locator("media-settings-menu-item").filter({ hasText: "Quality" }).click();
  const items = page.locator("media-rendition-menu").getByRole("menuitemradio").filter({ hasText: /^\s*\d+p/ });
  await until("two qualities are offered", async () => (await items.count()) >= 2);
  const labels = (await items.allInnerTexts()).map((label) => label.trim());
  check(new Set(labels).size === labels.length, `each quality is named once: ${labels}`);
  check(labels.every((label) => /^\d+p( source| AV1| HEVC)?$/.test(label)), `qualities are named by their lines: ${labels}`);
  // The highest first, then the lowest.
  const item = choice === 0 ? items.first() : items.last();
  const label = (await item.innerText()).trim();
  await item.click();
  await page.keyboard.press("Escape");
  return label;
}

/** From the start of navigation to the first picture, as the page itself saw it. */
function firstFrameMs(page) {
  return page.evaluate(() => {
    const [paint] = performance.getEntriesByName("mutoscope:first-frame");
    return paint ? Math.round(paint.startTime) : null;
  });
}
