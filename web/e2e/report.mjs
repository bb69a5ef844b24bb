// Where a journey stood when it failed: each open page's address and heading, and its picture where one is asked for.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.SCREENSHOTS;
/** A page that hangs must not take the report with it. */
const askMs = 5000;

export async function describePages(pages, journey) {
  const lines = [];
  for (const [number, page] of pages.entries()) {
    const heading = await page
      .locator("h1")
      .first()
      .innerText({ timeout: askMs })
      .catch(() => null);
    lines.push(`at ${page.url()}, ${heading === null ? "without a heading" : `under the heading “${heading}”`}`);
    if (folder) lines.push(await takePicture(page, `${journey} ${number + 1}`));
  }
  return lines;
}

async function takePicture(page, name) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.replace(/[^a-z0-9]+/gi, "-")}.png`);
  try {
    await page.screenshot({ path, fullPage: true, timeout: askMs * 2 });
    return `its picture: ${path}`;
  } catch (error) {
    return `no picture of it: ${error instanceof Error ? error.message.split("\n")[0] : error}`;
  }
}
