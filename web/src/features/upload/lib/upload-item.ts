// One file on the upload page, from the moment it is chosen.
import type { UploadDetails, UploadRecord } from "./upload-record";

export type UploadPhase =
  | "draft"
  | "waiting"
  | "uploading"
  | "finishing"
  | "paused"
  | "needs-file"
  | "stopped"
  | "sent";

export interface UploadItem {
  /** Made by the page; the server's ids are in `record`. */
  key: string;
  phase: UploadPhase;
  file: File | null;
  fileName: string;
  sizeBytes: number;
  details: UploadDetails;
  record: UploadRecord | null;
  handle: FileSystemFileHandle | null;
  sentBytes: number;
  speedBps: number | null;
  /** Why it stopped, or what it is struggling with. */
  sentence: string | null;
}

export function draftOf(file: File, handle: FileSystemFileHandle | null): UploadItem {
  const empty = file.size === 0;
  return {
    key: newKey(),
    phase: empty ? "stopped" : "draft",
    file,
    fileName: file.name,
    sizeBytes: file.size,
    details: { title: titleFrom(file.name), description: "", tags: [], privacy: "public" },
    record: null,
    handle,
    sentBytes: 0,
    speedBps: null,
    sentence: empty ? "This file is empty, so there is nothing to upload. Choose another one." : null,
  };
}

export function itemFromRecord(record: UploadRecord): UploadItem {
  return {
    key: newKey(),
    phase: "needs-file",
    file: null,
    fileName: record.fileName,
    sizeBytes: record.sizeBytes,
    details: record.details,
    record,
    handle: record.handle,
    sentBytes: 0,
    speedBps: null,
    sentence: null,
  };
}

/** `holiday_in-2024.final.mp4` as `holiday in-2024.final`. */
export function titleFrom(fileName: string): string {
  const stem = fileName.replace(/\.[a-z0-9]{1,5}$/i, "");
  const title = stem.replace(/[_\s]+/g, " ").trim();
  return (title || fileName).slice(0, 100);
}

let count = 0;
function newKey(): string {
  count += 1;
  return `upload-${count}`;
}
