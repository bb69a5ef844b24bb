// One file on the upload page, from the moment it is chosen.
import { formatBytes } from "@/utils/format";
import type { UploadDetails, UploadRecord } from "./upload-record";

export type UploadPhase =
  | "draft"
  | "refused"
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

/** A chosen file. One that cannot be taken is refused here, before anything is sent. */
export function draftOf(
  file: File,
  handle: FileSystemFileHandle | null,
  maxBytes: number,
): UploadItem {
  const refusal = refusalOf(file, maxBytes);
  return {
    key: newKey(),
    phase: refusal ? "refused" : "draft",
    file,
    fileName: file.name,
    sizeBytes: file.size,
    details: { title: titleFrom(file.name), description: "", tags: [], privacy: "public" },
    record: null,
    handle,
    sentBytes: 0,
    speedBps: null,
    sentence: refusal,
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

function refusalOf(file: File, maxBytes: number): string | null {
  if (file.size === 0) {
    return "This file is empty, so there is nothing to upload. Choose another one.";
  }
  if (file.size > maxBytes) {
    return `This file has ${formatBytes(file.size)}; this server takes at most ${formatBytes(maxBytes)} a file.`;
  }
  return null;
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
