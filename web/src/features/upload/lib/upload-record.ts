// What is remembered of an upload across reloads, in IndexedDB. Which parts are there, the server knows.
import type { Privacy } from "@/types/api-types";

export interface UploadDetails {
  title: string;
  description: string;
  tags: string[];
  privacy: Privacy;
}

export interface UploadRecord {
  /** The upload's id on the server. */
  id: string;
  videoId: string;
  ownerId: string;
  fileName: string;
  sizeBytes: number;
  partSizeBytes: number;
  partCount: number;
  details: UploadDetails;
  startedAtMs: number;
  /** Where the browser lets a page keep one: the way back to the file without choosing it again. */
  handle: FileSystemFileHandle | null;
}

const databaseName = "mutoscope";
const storeName = "uploads";

export async function listRecords(ownerId: string): Promise<UploadRecord[]> {
  const all = await run<UploadRecord[]>("readonly", (store) => store.getAll());
  return all
    .filter((record) => record.ownerId === ownerId)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs);
}

export async function saveRecord(record: UploadRecord): Promise<void> {
  await run("readwrite", (store) => store.put(record));
}

export async function deleteRecord(id: string): Promise<void> {
  await run("readwrite", (store) => store.delete(id));
}

async function run<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = act(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB did not open"));
  });
}
