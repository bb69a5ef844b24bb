// Small checks that wait: a page gets there in its own time, or the journey fails with what was there instead.
import { AxeBuilder } from "@axe-core/playwright";

/** How long anything may take that is not the making of a film: a busy machine is slow, not wrong. */
export const patienceMs = Number(process.env.PATIENCE_MS ?? 90_000);
/** How long the making of the run's film may take. */
export const makingMs = 420_000;

const askEveryMs = 100;

export class CheckError extends Error {}

export function check(condition, sentence) {
  if (!condition) throw new CheckError(sentence);
}

/** Asks until `read` gives something true. */
export async function until(sentence, read, timeoutMs = patienceMs) {
  const end = Date.now() + timeoutMs;
  let last;
  while (Date.now() < end) {
    last = await read();
    if (last) return last;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
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
