// What can stop an upload besides the server's refusal, each with its sentence.
import { ProblemError, UnreachableError } from "@/lib/problem";

/** The file on the person's disk can no longer be read. */
export class FileGoneError extends Error {
  constructor(cause: unknown) {
    super(
      "The file can no longer be read. If it was moved or changed, choose it again from its new place.",
      { cause },
    );
    this.name = "FileGoneError";
  }
}

/** Another file than the one whose upload was begun. */
export class WrongFileError extends Error {
  constructor(name: string) {
    super(`This is not the same file. Choose “${name}” as it was when the upload began.`);
    this.name = "WrongFileError";
  }
}

/** A part was not accepted by the store. `status` 0: no answer at all. */
export class PartError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, sentence: string | null) {
    super(sentence ?? "A piece of the file could not be stored.");
    this.name = "PartError";
    this.status = status;
    this.code = code;
  }
}

/** Whether the same step may go well a little later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  if (error instanceof ProblemError || error instanceof PartError) {
    return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;
  }
  return false;
}

/** Whether the link itself is no good any more, so that a new one helps. */
export function isStaleLink(error: unknown): boolean {
  return error instanceof PartError && (error.status === 401 || error.status === 403 || error.status === 410);
}

export function uploadSentence(error: unknown): string {
  if (
    error instanceof ProblemError ||
    error instanceof UnreachableError ||
    error instanceof PartError ||
    error instanceof FileGoneError ||
    error instanceof WrongFileError
  ) {
    return error.message;
  }
  return "The upload stopped for a reason this page does not know. Try again.";
}
