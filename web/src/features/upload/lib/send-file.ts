// Brings the parts of one file to the server: several in flight, each hashed, linked, sent and, if need be, tried again.
import { ProblemError } from "@/lib/problem";
import { completeUpload, getPartLink, getUpload } from "../api/uploads";
import { backoffMs, pause } from "./backoff";
import { FileGoneError, isPassing, isStaleLink, PartError, WrongFileError } from "./faults";
import { hashBlob } from "./hasher";
import { putPart } from "./put-part";

const partsInFlight = 4;
const mostTries = 10;
const mostRounds = 4;

export interface SendPlan {
  uploadId: string;
  partSizeBytes: number;
  partCount: number;
}

export interface SendEvents {
  onSent: (sentBytes: number) => void;
  onFinishing: () => void;
  /** The last step did not go well and is tried again; null when it did. */
  onTrouble: (sentence: string | null) => void;
}

/** Sends what is missing and completes the upload. Rejects with the signal's reason when it is aborted. */
export async function sendFile(
  file: File,
  plan: SendPlan,
  events: SendEvents,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; ; round += 1) {
    const there = await withRetries(() => getUpload(plan.uploadId, signal), events, signal);
    if (round === 1) await checkSameFile(file, plan, there.parts);
    const present = new Set(there.parts.map((part) => part.number));
    await sendMissing(file, plan, present, events, signal);
    events.onFinishing();
    try {
      await withRetries(() => completeUpload(plan.uploadId, signal), events, signal);
      return;
    } catch (error) {
      // The server names a part that is missing, short or altered; it is no longer in its list, so the next round sends it.
      const mayMend = error instanceof ProblemError && (error.status === 409 || error.status === 422);
      if (!mayMend || round >= mostRounds || !(await isIncomplete(plan, signal))) throw error;
    }
  }
}

async function sendMissing(
  file: File,
  plan: SendPlan,
  present: ReadonlySet<number>,
  events: SendEvents,
  signal: AbortSignal,
): Promise<void> {
  const missing: number[] = [];
  const sent = new Map<number, number>();
  for (let number = 1; number <= plan.partCount; number += 1) {
    if (present.has(number)) sent.set(number, partOf(file, plan, number).size);
    else missing.push(number);
  }
  const report = (number: number, bytes: number) => {
    sent.set(number, bytes);
    events.onSent([...sent.values()].reduce((total, value) => total + value, 0));
  };
  events.onSent([...sent.values()].reduce((total, value) => total + value, 0));

  // The first part that fails for good stops the others; the error that is thrown is the first one.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const work = async () => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
      await sendPart(file, plan, number, report, events, either);
    }
  };
  const workers = Array.from({ length: Math.min(partsInFlight, missing.length) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(workers);
    throw error;
  }
}

async function sendPart(
  file: File,
  plan: SendPlan,
  number: number,
  report: (number: number, bytes: number) => void,
  events: SendEvents,
  signal: AbortSignal,
): Promise<void> {
  const bytes = partOf(file, plan, number);
  const hex = await hashBlob(bytes);
  await withRetries(
    async () => {
      signal.throwIfAborted();
      const link = await getPartLink(plan.uploadId, number, hex, signal);
      try {
        await putPart(link, bytes, (count) => report(number, Math.min(count, bytes.size)), signal);
      } catch (error) {
        report(number, 0);
        throw error instanceof PartError && error.status === 0 ? await explain(error, bytes) : error;
      }
      report(number, bytes.size);
    },
    events,
    signal,
  );
}

async function withRetries<T>(
  step: () => Promise<T>,
  events: SendEvents,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      const result = await step();
      if (tries > 0) events.onTrouble(null);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!(isPassing(error) || isStaleLink(error)) || tries + 1 >= mostTries) throw error;
      events.onTrouble(error instanceof Error ? error.message : null);
      await pause(backoffMs(tries), signal);
    }
  }
}

/** A request may fail without an answer because the file is gone, not the network. */
async function explain(error: PartError, bytes: Blob): Promise<Error> {
  try {
    await bytes.slice(0, 1).arrayBuffer();
    return error;
  } catch (cause) {
    return new FileGoneError(cause);
  }
}

async function checkSameFile(
  file: File,
  plan: SendPlan,
  parts: readonly { number: number; sha256_hex: string }[],
): Promise<void> {
  const first = parts[0];
  if (!first) return;
  const hex = await hashBlob(partOf(file, plan, first.number));
  if (hex !== first.sha256_hex.toLowerCase()) throw new WrongFileError(file.name);
}

async function isIncomplete(plan: SendPlan, signal: AbortSignal): Promise<boolean> {
  const there = await getUpload(plan.uploadId, signal);
  return new Set(there.parts.map((part) => part.number)).size < plan.partCount;
}

function partOf(file: File, plan: SendPlan, number: number): Blob {
  const start = (number - 1) * plan.partSizeBytes;
  return file.slice(start, Math.min(file.size, start + plan.partSizeBytes));
}
