// Small checks that wait: a page gets there in its own time, or the journey fails with what was there instead.
import { AxeBuilder } from "@axe-core/playwright";

export class CheckError extends Error {}

export function check(condition, sentence) {
  if (!condition) throw new CheckError(sentence);
}

/** Asks until `read` gives something true. */
export async function until(sentence, read, timeoutMs = 30_000) {
  const end = Date.now() + timeoutMs;
  let last;
  while (Date.now() < end) {
    last = await read();
    if (last) return last;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new CheckError(`after ${timeoutMs} ms still not so: ${sentence} (last: ${JSON.stringify(last)})`);
}

/** Every page is looked at by axe-core as it stands. */
export async function checkAccess(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const lines = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split("\n")[1]?.trim()})`),
  );
  check(lines.length === 0, `axe-core finds on ${where}:\n    ${lines.join("\n    ")}`);
}
