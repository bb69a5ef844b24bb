// Every page, light and dark, phone and desktop: nothing sticks out sideways, and axe-core has nothing to say.
import { check, checkAccess, until } from "../check.mjs";
import { devices } from "../browser.mjs";

const forEveryone = (filmPath, handle) => ["/", filmPath, "/search?q=paper", `/c/${handle}`, "/search"];
const forGuests = ["/sign-in", "/sign-up", "/no-such-page"];
const forOwners = ["/upload", "/me/videos", "/settings", "/admin/users", "/admin/invitations", "/admin/videos"];

export async function everyPageLooksRight({ open, main, filmPath, person }) {
  const signedIn = await main.context.storageState();
  for (const device of Object.keys(devices)) {
    for (const theme of ["light", "dark"]) {
      const guest = await open({ device, theme });
      const guestPage = await guest.newPage();
      const session = await open({ device, theme });
      await session.context.addCookies(signedIn.cookies);
      await session.context.addInitScript((entries) => {
        // about:blank has no storage.
        if (location.protocol === "about:") return;
        for (const { name, value } of entries) localStorage.setItem(name, value);
      }, signedIn.origins[0]?.localStorage.filter(({ name }) => name === "mutoscope.session") ?? []);
      const ownPage = await session.newPage();
      for (const path of [...forEveryone(filmPath, person.username), ...forGuests]) {
        await look(guestPage, path, `${path} (${device}, ${theme}, guest)`);
      }
      for (const path of forOwners) {
        await look(ownPage, path, `${path} (${device}, ${theme}, signed in)`);
      }
    }
  }
}

async function look(page, path, where) {
  await page.goto(path);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await until(`${where} is loaded`, async () => (await page.locator("[data-loading]").count()) === 0);
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  check(sideways <= 0, `${where} sticks out sideways by ${sideways} px`);
  await checkAccess(page, where);
}
