// How hls.js is set up: a good first picture soon, and patience with segments that are still being made.
import type { HlsConfig, LoaderResponse, RetryConfig } from "hls.js";
import { FragmentLoader } from "./fragment-loader";

const bandwidthKey = "mutoscope.bandwidth_bps";
const firstGuessBps = 4_000_000;
const leastGuessBps = 400_000;
const mostGuessBps = 20_000_000;

const mostTries = 6;

export function hlsConfig(startS: number | null): Partial<HlsConfig> {
  return {
    // fMP4 needs no transmuxing, so a worker would only delay the first frame.
    enableWorker: false,
    lowLatencyMode: false,
    testBandwidth: false,
    capLevelToPlayerSize: true,
    abrEwmaDefaultEstimate: startBandwidth(),
    startPosition: startS ?? -1,
    backBufferLength: 60,
    fLoader: FragmentLoader,
    fragLoadPolicy: {
      default: {
        // The server holds a request for a segment that is not made yet for up to 8 s.
        maxTimeToFirstByteMs: 20_000,
        maxLoadTimeMs: 120_000,
        timeoutRetry: { maxNumRetry: mostTries, retryDelayMs: 500, maxRetryDelayMs: 4000 },
        errorRetry: {
          maxNumRetry: mostTries,
          retryDelayMs: 800,
          maxRetryDelayMs: 4000,
          shouldRetry,
        },
      },
    },
  };
}

/** Keeps what was measured for the next film. */
export function rememberBandwidth(bps: number): void {
  if (!Number.isFinite(bps) || bps <= 0) return;
  try {
    localStorage.setItem(bandwidthKey, String(Math.round(bps)));
  } catch {
    // Without storage each film starts with the first guess.
  }
}

function startBandwidth(): number {
  let remembered = NaN;
  try {
    remembered = Number(localStorage.getItem(bandwidthKey) ?? NaN);
  } catch {
    // As above.
  }
  const guess = Number.isFinite(remembered) && remembered > 0 ? remembered : firstGuessBps;
  return Math.min(mostGuessBps, Math.max(leastGuessBps, guess));
}

function shouldRetry(
  _config: RetryConfig | null | undefined,
  tries: number,
  _isTimeout: boolean,
  answer: LoaderResponse | undefined,
): boolean {
  const status = answer?.code ?? 0;
  // Refusals stay refusals; a lost connection (status 0) or a broken gateway may heal.
  return (status === 0 || status >= 500) && tries < mostTries;
}
