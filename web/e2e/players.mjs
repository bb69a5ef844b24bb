// The folder that `mutoscope transcode` makes, played to its end by hls.js, Shaka Player and dash.js from a plain web server.
// SITE is the folder; it holds rungs in H.264, HEVC and AV1 and a track of sound, and is LENGTH_S seconds long.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./browser.mjs";
import { CheckError, check, until } from "./check.mjs";

const site = process.env.SITE;
const lengthS = Number(process.env.LENGTH_S ?? 6);
const pictures = lengthS * 25;
const modules = fileURLToPath(new URL("../node_modules", import.meta.url));

if (!site || !statSync(site, { throwIfNoEntry: false })?.isDirectory()) {
  console.error("SITE must name a folder that transcode has made");
  process.exit(2);
}

const types = { ".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml", ".mp4": "video/mp4", ".m4s": "video/iso.segment" };

/** Nothing but files: no ranges, no waiting, as the simplest server there is. */
const server = createServer((request, answer) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/") return answer.setHeader("content-type", "text/html").end(page);
  const [, place, ...rest] = normalize(decodeURIComponent(pathname)).split("/");
  const root = { site, modules }[place];
  const file = root && join(root, ...rest);
  if (!file || !existsSync(file) || !statSync(file).isFile()) return answer.writeHead(404).end();
  const extension = /\.[a-z0-9]+$/.exec(file)?.[0] ?? "";
  const type = extension === ".js" ? "text/javascript" : (types[extension] ?? "application/octet-stream");
  asked.add(pathname);
  answer.setHeader("content-type", type);
  return createReadStream(file).pipe(answer);
});
const asked = new Set();
const page = `<!doctype html><meta charset="utf-8"><title>Players</title><link rel="icon" href="data:,">
<video id="video" muted playsinline width="640" height="360"></video>`;

await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const base = `http://127.0.0.1:${server.address().port}`;

const hls = { script: "hls.js/dist/hls.min.js", start: startHls };
const shaka = { script: "shaka-player/dist/shaka-player.compiled.js", start: startShaka };
const dash = { script: "dashjs/dist/modern/umd/dash.all.min.js", start: startDash };

const runs = [
  { name: "hls.js chooses for itself", player: hls, wish: null, codec: /^(avc1|av01)/ },
  { name: "hls.js plays H.264", player: hls, wish: "avc1", codec: /^avc1/ },
  { name: "hls.js plays AV1", player: hls, wish: "av01", codec: /^av01/ },
  { name: "Shaka Player plays DASH", player: shaka, file: "index.mpd", wish: "avc1", codec: /^avc1/ },
  { name: "Shaka Player plays AV1 in DASH", player: shaka, file: "index.mpd", wish: "av01", codec: /^av01/ },
  { name: "Shaka Player plays HLS", player: shaka, file: "index.m3u8", wish: "avc1", codec: /^avc1/ },
  { name: "dash.js plays DASH", player: dash, file: "index.mpd", wish: null, codec: /^(avc1|av01)/ },
];

const browser = await openBrowser();
let failed = 0;
for (const run of runs) {
  const beganMs = Date.now();
  try {
    const codec = await play(run);
    console.log(`ok    ${run.name}: ${codec} (${Date.now() - beganMs} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${run.name}: ${error instanceof CheckError ? error.message : error}`);
  }
}
await browser.close();
server.close();
console.log(`${runs.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Plays to the end at four times the pace; the codec that was played. */
async function play({ player, file = "index.m3u8", wish, codec }) {
  const context = await browser.newContext({ baseURL: base });
  const faults = [];
  try {
    const tab = await context.newPage();
    tab.on("pageerror", (error) => faults.push(error.message));
    tab.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    await tab.goto("/");
    asked.clear();
    await tab.addScriptTag({ url: `/modules/${player.script}` });
    await tab.evaluate(player.start, { url: `${base}/site/${file}`, wish });
    await tab.evaluate(() => {
      const video = document.getElementById("video");
      video.playbackRate = 4;
      return video.play();
    });
    const state = () =>
      tab.evaluate(() => {
        const video = document.getElementById("video");
        return {
          ended: video.ended,
          atS: video.currentTime,
          lengthS: video.duration,
          decoded: video.getVideoPlaybackQuality().totalVideoFrames,
          fault: video.error?.message ?? window.playerFault ?? null,
        };
      });
    const ended = await until(
      "the film has ended",
      async () => {
        const now = await state();
        check(now.fault === null && faults.length === 0, `${now.fault ?? ""} ${faults.join("; ")}`);
        return now.ended ? now : null;
      },
      30_000,
    );
    check(Math.abs(ended.lengthS - lengthS) < 0.1, `the player takes it to be ${ended.lengthS} s long`);
    check(ended.decoded >= pictures * 0.95, `${ended.decoded} pictures of ${pictures} were decoded`);
    check([...asked].some((path) => path.includes("/audio/00000.m4s")), "no sound was asked for");
    const played = await tab.evaluate(() => window.playedCodec());
    check(codec.test(played), `${played} was played`);
    check(![...asked].some((path) => path.includes("-hevc/") && path.endsWith(".m4s")), "HEVC was asked for, which Chromium does not play");
    return played;
  } finally {
    await context.close();
  }
}

// What follows runs in the page.

function startHls({ url, wish }) {
  const player = new window.Hls({ capLevelToPlayerSize: false });
  player.on(window.Hls.Events.ERROR, (_event, fault) => {
    if (fault.fatal) window.playerFault = `${fault.type}: ${fault.details}`;
  });
  window.playedCodec = () => player.levels[player.currentLevel < 0 ? player.loadLevel : player.currentLevel].videoCodec;
  return new Promise((ready) => {
    player.on(window.Hls.Events.MANIFEST_PARSED, () => {
      if (wish) player.currentLevel = player.levels.findIndex((level) => level.videoCodec.startsWith(wish));
      ready();
    });
    player.loadSource(url);
    player.attachMedia(document.getElementById("video"));
  });
}

async function startShaka({ url, wish }) {
  window.shaka.polyfill.installAll();
  const player = new window.shaka.Player();
  await player.attach(document.getElementById("video"));
  player.addEventListener("error", (event) => {
    window.playerFault = `shaka ${event.detail.code}: ${event.detail.data}`;
  });
  player.configure({ preferredVideo: [{ codec: wish }] });
  window.playedCodec = () => player.getVariantTracks().find((track) => track.active).videoCodec;
  await player.load(url);
}

function startDash({ url }) {
  const player = window.dashjs.MediaPlayer().create();
  player.updateSettings({ debug: { logLevel: window.dashjs.Debug.LOG_LEVEL_NONE } });
  player.on(window.dashjs.MediaPlayer.events.ERROR, (event) => {
    window.playerFault = `dash.js ${event.error?.code}: ${event.error?.message}`;
  });
  window.playedCodec = () => /codecs="([^"]+)"/.exec(player.getCurrentTrackFor("video").codec)?.[1] ?? "";
  return new Promise((ready) => {
    player.on(window.dashjs.MediaPlayer.events.STREAM_INITIALIZED, () => ready());
    player.initialize(document.getElementById("video"), url, false);
  });
}
