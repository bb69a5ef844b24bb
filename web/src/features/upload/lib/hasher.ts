// Hands blobs to one hashing worker and waits for its answers; without workers the page hashes by itself.
import { FileGoneError } from "./faults";
import { sha256Hex } from "./sha256";

interface Answer {
  id: number;
  hex?: string;
  fault?: string;
}

let worker: Worker | null = null;
let nextId = 1;
const waiting = new Map<number, { resolve: (hex: string) => void; reject: (fault: Error) => void }>();

export async function hashBlob(blob: Blob): Promise<string> {
  if (typeof Worker === "undefined") {
    return sha256Hex(blob).catch((cause: unknown) => {
      throw new FileGoneError(cause);
    });
  }
  worker ??= startWorker();
  const id = nextId++;
  const job = worker;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    job.postMessage({ id, blob });
  });
}

function startWorker(): Worker {
  const started = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = (event: MessageEvent<Answer>) => {
    const { id, hex, fault } = event.data;
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (hex) waiter?.resolve(hex);
    // All the worker does is read and add up, so its faults are those of reading.
    else waiter?.reject(new FileGoneError(fault));
  };
  started.onerror = (event) => {
    event.preventDefault();
    worker = null;
    started.terminate();
    for (const waiter of waiting.values()) waiter.reject(new Error("the hashing worker did not start"));
    waiting.clear();
  };
  return started;
}
