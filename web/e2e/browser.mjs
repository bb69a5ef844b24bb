// Chromium as the tests use it: every page in it is watched for what a person would not see but should not happen.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { patienceMs } from "./check.mjs";

const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--autoplay-policy=no-user-gesture-required",
];

export const devices = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

export async function openBrowser() {
  if (!existsSync(executable)) throw new Error(`there is no Chromium at ${executable}; set CHROMIUM`);
  return chromium.launch({ executablePath: executable, args: flags });
}

/**
 * A fresh profile. `faults` fills with every console error, page error and policy report; what a journey provokes on
 * purpose it announces: `expecting` names answers by status, `forgiving` pieces of messages. `takeFaults` hands over
 * what is left, and ends what was announced.
 */
export async function openContext(browser, baseUrl, { device = "desktop", theme = "light" } = {}) {
  const context = await browser.newContext({
    ...devices[device],
    baseURL: baseUrl,
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(patienceMs);
  const faults = [];
  const expected = new Set();
  const forgiven = new Set();
  const note = (sentence) => faults.push(sentence);
  await context.exposeBinding("reportPolicy", ({ page }, text) => note(`policy report on ${page.url()}: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportPolicy(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = message.text();
    const status = /status of (\d{3})/.exec(text)?.[1];
    if (status && expected.has(Number(status))) return;
    if ([...forgiven].some((piece) => text.includes(piece))) return;
    note(`console error on ${message.page()?.url()}: ${text} (${message.location().url})`);
  });
  context.on("weberror", (fault) => note(`page error on ${fault.page()?.url()}: ${fault.error().message}`));
  return {
    context,
    newPage: () => context.newPage(),
    expecting: (...statuses) => statuses.forEach((status) => expected.add(status)),
    forgiving: (...pieces) => pieces.forEach((piece) => forgiven.add(piece)),
    takeFaults: () => {
      expected.clear();
      forgiven.clear();
      return faults.splice(0);
    },
    close: () => context.close(),
  };
}
