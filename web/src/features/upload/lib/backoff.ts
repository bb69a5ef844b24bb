// Waiting before the next try: longer each time, never the same for all, and cut short when the network comes back.

const firstMs = 600;
const longestMs = 20_000;

export function backoffMs(tries: number, random = Math.random): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** tries);
  return Math.round(ceiling * (0.5 + random() / 2));
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const finish = (settle: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      window.removeEventListener("online", onOnline);
      settle();
    };
    const onAbort = finish(() => reject(signal.reason as Error));
    const onOnline = finish(resolve);
    const timer = setTimeout(onOnline, ms);
    signal.addEventListener("abort", onAbort);
    window.addEventListener("online", onOnline);
  });
}
