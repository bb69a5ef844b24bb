// What the platform weighs: seconds until it is ready, memory when idle after five films, the first frame of a cold
// browser, and the p99 of GET videos on an idle machine and on one that encodes. SERVER is the binary, FILM a film.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBrowser } from "./browser.mjs";

const server = process.env.SERVER;
const film = process.env.FILM;
if (!server || !film) {
  console.error("SERVER must name the binary and FILM a film file");
  process.exit(2);
}
const films = 5;
const rounds = 5;
const asked = 3000;

const folder = mkdtempSync(join(tmpdir(), "mutoscope-weigh."));
const port = await freePort();
const base = `http://127.0.0.1:${port}`;
let running = await start();
try {
  await run();
} finally {
  await stop(running.child);
  rmSync(folder, { recursive: true, force: true });
}

async function run() {
  const { access_token: token } = await call("POST", "auth/register", {
    username: "weigher",
    email: "weigher@example.org",
    password: "drum of nine hundred cards",
  });
  const ids = [];
  for (let i = 0; i < films; i++) ids.push(await upload(token, `Film ${i + 1}`));
  for (const id of ids) await untilReady(token, id);

  await stop(running.child);
  const readies = [];
  for (let i = 0; i < rounds; i++) {
    running = await start();
    readies.push(running.readyMs);
    if (i + 1 < rounds) await stop(running.child);
  }
  report("ready after a start, ms", readies, "at most 2000");

  const frames = [];
  for (let i = 0; i < rounds; i++) frames.push(await firstFrameMs(ids[i % ids.length]));
  report("watch page to first frame in a cold browser, ms", frames, "at most 800");

  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const { rss, processes } = residentMiB(running.child.pid);
  console.log(`idle after ${films} films: ${rss.toFixed(0)} MiB resident in ${processes} process(es) (at most 150)`);

  await latencies(token, 300); // a warm-up
  const idle = await latencies(token, asked);
  const busyIds = [await upload(token, "Busy 1"), await upload(token, "Busy 2")];
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const busy = await latencies(token, asked);
  const still = (await call("GET", `videos/${busyIds[1]}`, undefined, token)).state;
  if (still !== "processing") console.log(`note: the films were ${still} before the measure ended: use a longer film`);
  console.log(
    `GET videos, p99 of ${asked}: idle ${idle.p99.toFixed(2)} ms, encoding ${busy.p99.toFixed(2)} ms, ` +
      `ratio ${(busy.p99 / idle.p99).toFixed(2)} (at most 2); medians ${idle.p50.toFixed(2)} and ${busy.p50.toFixed(2)} ms`,
  );
}

async function start() {
  const startedMs = performance.now();
  const child = spawn(server, ["run", "--data", join(folder, "data"), "--listen", `127.0.0.1:${port}`], {
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: folder },
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    const ready = await fetch(`${base}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return { child, readyMs: performance.now() - startedMs };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("exit", resolve);
    child.kill("SIGTERM");
  });
}

async function firstFrameMs(id) {
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.addInitScript(() => {
      window.firstFrame = new Promise((resolve) => {
        const look = () => {
          const video = document.querySelector("hls-video")?.shadowRoot?.querySelector("video") ?? document.querySelector("video");
          if (!video) return requestAnimationFrame(look);
          video.requestVideoFrameCallback(() => resolve(performance.now()));
        };
        look();
      });
    });
    await page.goto(`${base}/watch/${id}`, { waitUntil: "commit" });
    return await page.evaluate(() => window.firstFrame);
  } finally {
    await browser.close();
  }
}

/** Milliseconds of `count` requests, one after the other, as one person's browser would send them. */
async function latencies(token, count) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    const answer = await fetch(`${base}/api/v1/videos`, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`GET videos answered ${answer.status}`);
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(count * 0.5)], p99: times[Math.floor(count * 0.99)] };
}

async function upload(token, title) {
  const bytes = readFileSync(film);
  const created = await call("POST", "uploads", { file_name: "film.mp4", size_bytes: bytes.length, title, privacy: "public" }, token);
  for (let number = 1; number <= created.part_count; number++) {
    const part = bytes.subarray((number - 1) * created.part_size_bytes, number * created.part_size_bytes);
    const sha256_hex = createHash("sha256").update(part).digest("hex");
    const { links } = await call("POST", `uploads/${created.id}/links`, { parts: [{ number, sha256_hex }] }, token);
    const answer = await fetch(new URL(links[0].url, base), { method: "PUT", headers: links[0].headers, body: part });
    if (!answer.ok) throw new Error(`a part was answered ${answer.status}: ${await answer.text()}`);
  }
  await call("POST", `uploads/${created.id}/complete`, undefined, token);
  return created.video_id;
}

async function untilReady(token, id) {
  for (;;) {
    const video = await call("GET", `videos/${id}`, undefined, token);
    if (video.state === "ready") return;
    if (video.state === "failed") throw new Error(video.failure.message);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function call(method, path, body, token) {
  const answer = await fetch(`${base}/api/v1/${path}`, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : null;
}

/** The server and all below it. */
function residentMiB(root) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid) => pid === root || (parents.has(pid) && parents.get(pid) > 1 && isBelow(parents.get(pid)));
  const tree = [...parents.keys()].filter(isBelow);
  const kib = tree.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0));
  return { rss: kib.reduce((sum, each) => sum + each, 0) / 1024, processes: tree.length };
}

function report(name, values, bound) {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, median, max] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted[sorted.length - 1]];
  console.log(`${name}: ${min.toFixed(0)} / ${median.toFixed(0)} / ${max.toFixed(0)} min / median / max of ${values.length} (${bound})`);
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
