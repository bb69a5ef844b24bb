// PUTs the bytes of one part to its signed link. By XMLHttpRequest, because fetch does not tell how much is sent.
import { asProblem, asSentence } from "@/lib/problem";
import { csrfHeaders } from "@/lib/session";
import type { PartLink } from "@/types/api-types";
import { PartError } from "./faults";

/** A connection that carries nothing for this long is taken for lost. */
const stallMs = 60_000;

export function putPart(
  link: PartLink,
  bytes: Blob,
  onSent: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const url = new URL(link.url, location.origin);
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    const sameOrigin = url.origin === location.origin;
    for (const [name, value] of Object.entries({
      ...(sameOrigin ? csrfHeaders : {}),
      ...link.headers,
    })) {
      request.setRequestHeader(name, value);
    }

    let stalled: ReturnType<typeof setTimeout>;
    const watch = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), stallMs);
    };
    const onAbort = () => request.abort();
    const settle = (act: () => void) => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", onAbort);
      act();
    };
    request.upload.onprogress = (event) => {
      watch();
      onSent(event.loaded);
    };
    request.onload = () =>
      settle(() => {
        if (request.status >= 200 && request.status < 300) resolve();
        else reject(partError(request));
      });
    request.onerror = () =>
      settle(() => reject(new PartError(0, "network", "The connection was lost while sending.")));
    request.onabort = () =>
      settle(() =>
        reject(
          signal.aborted
            ? (signal.reason as Error)
            : new PartError(0, "stalled", "The connection stood still while sending."),
        ),
      );
    signal.addEventListener("abort", onAbort);
    watch();
    request.send(bytes);
  });
}

function partError(request: XMLHttpRequest): PartError {
  let problem = null;
  try {
    problem = asProblem(JSON.parse(request.responseText));
  } catch {
    // S3 answers in XML, meant for nobody's eyes.
  }
  return new PartError(request.status, problem?.code ?? "unknown", problem?.detail ? asSentence(problem.detail) : null);
}
