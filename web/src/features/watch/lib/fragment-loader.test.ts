// A segment that the server has to make first: hls.js must learn the network's speed from it, not the encoder's.
import { AbrController, Events, type HlsConfig, type LoaderCallbacks, type LoaderContext } from "hls.js";
import type Hls from "hls.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FragmentLoader, mostLatencyMs } from "./fragment-loader";
import { hlsConfig } from "./hls-config";

/** A request whose answer the test gives. */
class Request {
  static all: Request[] = [];
  readyState = 0;
  status = 0;
  statusText = "";
  response: ArrayBuffer | null = null;
  responseType = "arraybuffer";
  responseURL = "";
  onreadystatechange: (() => void) | null = null;
  onprogress: ((event: unknown) => void) | null = null;
  open() {
    this.readyState = 1;
  }
  send() {
    Request.all.push(this);
  }
  abort() {}
  getAllResponseHeaders() {
    return "";
  }
  headers(status: number) {
    this.status = status;
    this.readyState = 2;
    this.onreadystatechange?.();
  }
  whole(bytes: number) {
    this.response = new ArrayBuffer(bytes);
    this.readyState = 4;
    this.onreadystatechange?.();
  }
}

const segmentBytes = 1_000_000;

beforeEach(() => {
  Request.all = [];
  vi.stubGlobal("XMLHttpRequest", Request);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  vi.advanceTimersByTime(1000);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function load() {
  const loader = new FragmentLoader({} as HlsConfig);
  const seen = { successes: 0, errors: 0 };
  const policy = hlsConfig(null).fragLoadPolicy?.default;
  if (!policy) throw new Error("no policy");
  loader.load(
    { url: "/00001.m4s", responseType: "arraybuffer" } as LoaderContext,
    // As hls.js hands it on to the loader of a segment.
    {
      loadPolicy: { ...policy, errorRetry: null, timeoutRetry: null },
      timeout: policy.maxLoadTimeMs,
      maxRetry: 0,
      retryDelay: 0,
      maxRetryDelay: 0,
    },
    {
      onSuccess: () => void (seen.successes += 1),
      onError: () => void (seen.errors += 1),
      onTimeout: () => void (seen.errors += 1),
    } as unknown as LoaderCallbacks<LoaderContext>,
  );
  return { loader, seen };
}

/** What hls.js takes the bandwidth for after this segment. */
function estimateBps(loader: FragmentLoader): number {
  const handlers = new Map<string, (event: string, data: unknown) => void>();
  const hls = {
    config: { abrEwmaSlowVoD: 9, abrEwmaFastVoD: 3, abrEwmaDefaultEstimate: 4_000_000 },
    logger: { trace() {}, debug() {}, log() {}, info() {}, warn() {}, error() {} },
    on: (event: string, handler: (event: string, data: unknown) => void, on: unknown) =>
      handlers.set(event, handler.bind(on)),
    levels: [{}],
  };
  const abr = new AbrController(hls as unknown as Hls);
  const { stats } = loader;
  stats.parsing.end = stats.loading.end;
  const frag = { type: "main", sn: 1, level: 0, bitrate: 2_000_000, duration: 4, stats };
  handlers.get(Events.FRAG_LOADED)?.(Events.FRAG_LOADED, { frag, part: null });
  handlers.get(Events.FRAG_BUFFERED)?.(Events.FRAG_BUFFERED, { frag, part: null });
  return abr.bwEstimator.getEstimate();
}

test("seconds of making do not count as the network's", () => {
  const { loader, seen } = load();
  vi.advanceTimersByTime(7000);
  Request.all[0]?.headers(200);
  vi.advanceTimersByTime(100);
  Request.all[0]?.whole(segmentBytes);
  expect(seen).toEqual({ successes: 1, errors: 0 });
  expect(loader.stats.loading.first - loader.stats.loading.start).toBeLessThanOrEqual(mostLatencyMs);
  // 1 MB in 0.1 s; the wait of 7 s taken for transfer would make it 1.1 Mbit/s.
  expect(estimateBps(loader)).toBeGreaterThan(20_000_000);
});

test("a slow network is still seen as one", () => {
  const { loader } = load();
  vi.advanceTimersByTime(100);
  Request.all[0]?.headers(200);
  vi.advanceTimersByTime(8000);
  Request.all[0]?.whole(segmentBytes);
  expect(loader.stats.loading.first - loader.stats.loading.start).toBe(100);
  expect(estimateBps(loader)).toBeLessThan(1_100_000);
});

test("while it waits, hls.js sees a request that has only begun", () => {
  const { loader } = load();
  vi.advanceTimersByTime(7500);
  expect(performance.now() - loader.stats.loading.start).toBeLessThanOrEqual(mostLatencyMs + 100);
});

test("a segment that is not made within the server's patience is asked for again, and the rendition stays blameless", () => {
  const { loader, seen } = load();
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(8000);
    Request.all.at(-1)?.headers(503);
    Request.all.at(-1)?.whole(200);
    vi.advanceTimersByTime(1000);
  }
  expect(Request.all).toHaveLength(21);
  expect(seen).toEqual({ successes: 0, errors: 0 });
  Request.all.at(-1)?.headers(200);
  vi.advanceTimersByTime(100);
  Request.all.at(-1)?.whole(segmentBytes);
  expect(seen.successes).toBe(1);
  expect(estimateBps(loader)).toBeGreaterThan(20_000_000);
});

test("other faults are told at once", () => {
  for (const status of [404, 401, 500]) {
    const { seen } = load();
    Request.all.at(-1)?.headers(status);
    Request.all.at(-1)?.whole(200);
    expect(seen.errors).toBe(1);
  }
});

test("nothing runs on after it is put away", () => {
  const { loader } = load();
  loader.destroy();
  expect(vi.getTimerCount()).toBe(0);
});
