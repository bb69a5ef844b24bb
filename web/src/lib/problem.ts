// What can go wrong between page and server, each with a sentence that can be shown.
import type { Problem } from "@/types/api-types";

/** The server's own refusal (RFC 9457); `code` is stable, `message` is for people. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly requestId: string | null;

  constructor(status: number, problem: Partial<Problem> | null) {
    super(asSentence(problem?.detail || problem?.title || fallbackSentence(status)));
    this.name = "ProblemError";
    this.status = status;
    this.code = problem?.code ?? "unknown";
    this.field = problem?.field ?? null;
    this.requestId = problem?.request_id ?? null;
  }
}

/** The server was not reached at all. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached. Check your connection and try again.", { cause });
    this.name = "UnreachableError";
  }
}

/** Turns what openapi-fetch answers into data, or throws a `ProblemError`. */
export function unwrap<T>(result: { data?: T; error?: unknown; response: Response }): T {
  if (!result.response.ok) {
    throw new ProblemError(result.response.status, asProblem(result.error));
  }
  return result.data as T;
}

export function asProblem(body: unknown): Partial<Problem> | null {
  return typeof body === "object" && body !== null ? (body as Partial<Problem>) : null;
}

export function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError || error instanceof UnreachableError) return error.message;
  return "Something went wrong on this page. Try again; if it stays so, reload.";
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 404 || error.status === 400);
}

/** The API's messages begin small and end open, to be put anywhere; on a page they are sentences. */
export function asSentence(message: string): string {
  const text = message.trim();
  const whole = /[.!?…]$/.test(text) ? text : `${text}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}

function fallbackSentence(status: number): string {
  if (status === 401) return "You are signed out. Sign in and try again.";
  if (status === 404) return "There is nothing here, or you are not allowed to see it.";
  if (status === 413) return "That is more than the server accepts at once.";
  if (status === 429) return "Too many requests. Wait a moment and try again.";
  if (status >= 500) return "The server had a problem. Try again in a moment.";
  return `The server refused the request (${status}).`;
}

/** The sentence for one field of a form, where the server named it. */
export function fieldFault(error: unknown, field: string): string | null {
  return error instanceof ProblemError && error.field === field ? error.message : null;
}

/** The error, unless one of `fields` shows it already. */
export function formFault(error: unknown, fields: readonly string[]): unknown {
  if (error instanceof ProblemError && error.field && fields.includes(error.field)) return null;
  return error;
}
