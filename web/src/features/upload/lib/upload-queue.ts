// All uploads of this tab. It lives outside the pages, so that an upload goes on while its owner looks around.
import { ProblemError } from "@/lib/problem";
import { abortUpload, createUpload } from "../api/uploads";
import { uploadSentence, WrongFileError } from "./faults";
import { sendFile } from "./send-file";
import { SpeedMeter } from "./speed-meter";
import { draftOf, itemFromRecord, type UploadItem } from "./upload-item";
import { deleteRecord, listRecords, saveRecord, type UploadDetails } from "./upload-record";

const filesAtOnce = 1;
const tellEveryMs = 150;

export class UploadQueue {
  #items: readonly UploadItem[] = [];
  #ownerId: string | null = null;
  readonly #runs = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  #lastTold = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly items = (): readonly UploadItem[] => this.#items;

  /** Shows the uploads of this person, those left over from before a reload included. */
  async open(ownerId: string): Promise<void> {
    if (this.#ownerId === ownerId) return;
    this.close();
    this.#ownerId = ownerId;
    try {
      const elsewhere = await heldLocks();
      const records = (await listRecords(ownerId)).filter((record) => !elsewhere.has(lockName(record.id)));
      if (this.#ownerId !== ownerId) return;
      this.#set([...records.map(itemFromRecord), ...this.#items]);
    } catch {
      // Without IndexedDB (private windows of some browsers) uploads work, they only cannot be resumed after a reload.
    }
  }

  /** Stops everything and forgets the list, as on signing out; what is stored can be resumed later. */
  close(): void {
    for (const run of this.#runs.values()) run.abort();
    this.#runs.clear();
    this.#ownerId = null;
    this.#set([]);
  }

  add(
    files: readonly { file: File; handle: FileSystemFileHandle | null }[],
    maxBytes: number,
  ): void {
    const items = [...this.#items];
    for (const { file, handle } of files) {
      const left = items.findIndex(
        (item) => item.phase === "needs-file" && item.fileName === file.name && item.sizeBytes === file.size,
      );
      const resumed = items[left];
      // Dropping the file of an unfinished upload goes on with that one.
      if (resumed) items[left] = { ...resumed, file, handle, phase: "waiting", sentence: null };
      else items.push(draftOf(file, handle, maxBytes));
    }
    this.#set(items);
    this.#next();
  }

  describe(key: string, details: UploadDetails): void {
    this.#change(key, { details });
  }

  start(key: string): void {
    this.#change(key, { phase: "waiting", sentence: null });
    this.#next();
  }

  pause(key: string): void {
    this.#change(key, { phase: "paused", speedBps: null });
    this.#runs.get(key)?.abort();
  }

  /** Goes on after a pause, a fault or a reload; without the file, only where the browser kept a way to it. */
  async resume(key: string): Promise<void> {
    const item = this.#find(key);
    if (!item) return;
    const file = item.file ?? (await fileOf(item.handle));
    if (!file) {
      this.#change(key, { phase: "needs-file", sentence: null });
      return;
    }
    this.attach(key, file, item.handle);
  }

  /** Gives an upload its file back, after a check that it can be the same one. */
  attach(key: string, file: File, handle: FileSystemFileHandle | null): void {
    const item = this.#find(key);
    if (!item) return;
    if (item.record && file.size !== item.sizeBytes) {
      this.#change(key, { sentence: new WrongFileError(item.fileName).message });
      return;
    }
    this.#change(key, { file, handle, phase: "waiting", sentence: null });
    this.#next();
  }

  /** Takes an upload off the list; what was sent of it is deleted on the server. */
  async remove(key: string): Promise<void> {
    const item = this.#find(key);
    this.#runs.get(key)?.abort();
    this.#set(this.#items.filter((other) => other.key !== key));
    this.#next();
    if (!item?.record || item.phase === "sent") return;
    await forget(item.record.id);
    try {
      await abortUpload(item.record.id);
    } catch (error) {
      // Gone already is as good; anything else the server's own sweep puts right within a day.
      if (!(error instanceof ProblemError)) throw error;
    }
  }

  #next(): void {
    while (this.#runs.size < filesAtOnce) {
      const item = this.#items.find((candidate) => candidate.phase === "waiting" && candidate.file);
      if (!item) return;
      const run = new AbortController();
      this.#runs.set(item.key, run);
      this.#change(item.key, { phase: "uploading" });
      void this.#run(item.key, run.signal).finally(() => {
        this.#runs.delete(item.key);
        this.#next();
      });
    }
  }

  async #run(key: string, signal: AbortSignal): Promise<void> {
    const meter = new SpeedMeter();
    try {
      const record = await this.#ensureRecord(key);
      const file = this.#find(key)?.file;
      if (!record || !file) return;
      await holdingLock(lockName(record.id), () =>
        sendFile(
          file,
          { uploadId: record.id, partSizeBytes: record.partSizeBytes, partCount: record.partCount },
          {
            onSent: (sentBytes) => this.#tell(key, { sentBytes, speedBps: meter.measure(sentBytes) }),
            onFinishing: () => this.#change(key, { phase: "finishing", speedBps: null }),
            onTrouble: (sentence) => this.#change(key, { sentence }),
          },
          signal,
        ),
      );
      await forget(record.id);
      this.#change(key, {
        phase: "sent",
        sentBytes: record.sizeBytes,
        sentence: null,
        speedBps: null,
        file: null,
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ProblemError && (error.status === 404 || error.status === 410)) {
        await this.#startOver(key);
        return;
      }
      this.#change(key, { phase: "stopped", speedBps: null, sentence: uploadSentence(error) });
    }
  }

  async #ensureRecord(key: string) {
    const item = this.#find(key);
    if (!item?.file || !this.#ownerId) return null;
    if (item.record) return item.record;
    const { details } = item;
    const made = await createUpload({
      file_name: item.fileName,
      size_bytes: item.sizeBytes,
      type: item.file.type || "application/octet-stream",
      title: details.title.trim() || item.fileName,
      description: details.description,
      tags: details.tags,
      privacy: details.privacy,
    });
    const record = {
      id: made.id,
      videoId: made.video_id,
      ownerId: this.#ownerId,
      fileName: item.fileName,
      sizeBytes: item.sizeBytes,
      partSizeBytes: made.part_size_bytes,
      partCount: made.part_count,
      details,
      startedAtMs: Date.now(),
      handle: item.handle,
    };
    this.#change(key, { record });
    await saveRecord(record).catch(() => undefined);
    return record;
  }

  /** The server has swept an upload that was left alone too long: its film is sent again from the start. */
  async #startOver(key: string): Promise<void> {
    const item = this.#find(key);
    if (!item?.record) return;
    await forget(item.record.id);
    this.#change(key, {
      record: null,
      phase: "stopped",
      sentBytes: 0,
      speedBps: null,
      sentence: "The server no longer has the first part of this upload. It can be sent again from the start.",
    });
  }

  #find(key: string): UploadItem | undefined {
    return this.#items.find((item) => item.key === key);
  }

  #change(key: string, change: Partial<UploadItem>): void {
    this.#set(this.#items.map((item) => (item.key === key ? { ...item, ...change } : item)));
  }

  /** As `#change`, but at most a few times a second: for what changes with every packet. */
  #tell(key: string, change: Partial<UploadItem>): void {
    const now = Date.now();
    if (now - this.#lastTold < tellEveryMs) return;
    this.#lastTold = now;
    this.#change(key, change);
  }

  #set(items: readonly UploadItem[]): void {
    this.#items = items;
    for (const listener of this.#listeners) listener();
  }
}

export const uploadQueue = new UploadQueue();

function lockName(uploadId: string): string {
  return `mutoscope.upload.${uploadId}`;
}

/** Says to other tabs that this upload is at work here. */
async function holdingLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work();
  return (await navigator.locks.request(name, work)) as T;
}

async function heldLocks(): Promise<Set<string>> {
  if (!("locks" in navigator)) return new Set();
  const { held } = await navigator.locks.query();
  return new Set((held ?? []).map((lock) => lock.name ?? ""));
}

async function forget(uploadId: string): Promise<void> {
  await deleteRecord(uploadId).catch(() => undefined);
}

async function fileOf(handle: FileSystemFileHandle | null): Promise<File | null> {
  if (!handle) return null;
  try {
    const permitted = handle as FileSystemFileHandle & {
      requestPermission?: (descriptor: { mode: "read" }) => Promise<PermissionState>;
    };
    if ((await permitted.requestPermission?.({ mode: "read" })) === "denied") return null;
    return await handle.getFile();
  } catch {
    return null;
  }
}
