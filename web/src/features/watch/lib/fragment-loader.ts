// Loads the film's segments, and does not take the making of one for a slow network or a broken rendition.
import {
  type FragmentLoaderContext,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  type RetryConfig,
  XhrLoader,
} from "hls.js";

/**
 * How much of the time before the first byte counts as the network's, in milliseconds. The rest is the server's, which
 * holds the request until the segment is made. All renditions of a segment are made together, so that a lower one would
 * not be there sooner; what the network can carry shows in the bytes after the first.
 */
export const mostLatencyMs = 250;

const lookEveryMs = 100;

/**
 * The server holds a request for up to 8 s, then answers 503. It is asked again here, where hls.js does not see it: to
 * hls.js each failed request speaks against the rendition, and it would go on with the next lower one.
 */
const whileMade: RetryConfig = {
  maxNumRetry: 400,
  retryDelayMs: 500,
  maxRetryDelayMs: 500,
  backoff: "linear",
  shouldRetry: (config, tries, _isTimeout, answer) =>
    answer?.code === 503 && tries < (config?.maxNumRetry ?? 0),
};

/**
 * hls.js reads `stats.loading.start` while it waits (to give up a segment that comes too slowly) and afterwards (to
 * measure the bandwidth and the time to the first byte). Here it follows the clock until the first byte is there.
 */
export class FragmentLoader extends XhrLoader {
  declare context: FragmentLoaderContext | null;
  #timer: number | undefined;

  override load(
    context: LoaderContext,
    config: LoaderConfiguration,
    callbacks: LoaderCallbacks<LoaderContext>,
  ): void {
    this.#timer = self.setInterval(() => this.#forgetWait(), lookEveryMs);
    const patient = { ...config, loadPolicy: { ...config.loadPolicy, errorRetry: whileMade } };
    super.load(context, patient, {
      ...callbacks,
      onSuccess: (...answer) => {
        self.clearInterval(this.#timer);
        this.#forgetWait();
        callbacks.onSuccess(...answer);
      },
    });
  }

  override destroy(): void {
    self.clearInterval(this.#timer);
    super.destroy();
  }

  #forgetWait(): void {
    const { loading } = this.stats;
    const firstMs = loading.first || self.performance.now();
    loading.start = Math.max(loading.start, firstMs - mostLatencyMs);
  }
}
