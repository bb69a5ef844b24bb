// How fast bytes go out, over the last few seconds.

const windowMs = 6000;

export class SpeedMeter {
  #samples: { atMs: number; bytes: number }[] = [];

  /** Bytes a second, or null while there is too little to tell. */
  measure(bytes: number, nowMs = performance.now()): number | null {
    this.#samples.push({ atMs: nowMs, bytes });
    this.#samples = this.#samples.filter((sample) => nowMs - sample.atMs <= windowMs);
    const oldest = this.#samples[0];
    if (!oldest || nowMs - oldest.atMs < 500) return null;
    return Math.max(0, ((bytes - oldest.bytes) * 1000) / (nowMs - oldest.atMs));
  }
}
