// One critical section at a time across all tabs: Web Locks, and a lease in localStorage where those are missing.

const leaseMs = 10_000;
const pollMs = 60;

export async function withTabLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Web Locks exist only in secure contexts; a site on plain http has to do without.
  if (typeof navigator !== "undefined" && "locks" in navigator) {
    return (await navigator.locks.request(name, work)) as T;
  }
  return withStorageLock(name, work);
}

export async function withStorageLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const key = `${name}.lock`;
  const owner = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  for (;;) {
    const held = readLease(key);
    if (!held || held.until_ms < Date.now()) {
      localStorage.setItem(key, JSON.stringify({ owner, until_ms: Date.now() + leaseMs }));
      // Two tabs may write in the same instant; the one that still stands after a pause has it.
      await sleep(pollMs);
      if (readLease(key)?.owner === owner) break;
    }
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    if (readLease(key)?.owner === owner) localStorage.removeItem(key);
  }
}

function readLease(key: string): { owner: string; until_ms: number } | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
