// What an owner does with a film: hides it, deletes it.
import { check, checkAccess, until } from "../check.mjs";
import { filmTitle } from "./upload.mjs";

export async function hideFilm({ main, open, filmPath }) {
  const page = await main.newPage();
  await page.goto("/me/videos");
  await page.getByRole("button", { name: `Actions for ${filmTitle}` }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Who can watch").selectOption("private");
  await checkAccess(page, "the edit dialog");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });

  const stranger = await open();
  stranger.expecting(404);
  const strangerPage = await stranger.newPage();
  await strangerPage.goto(filmPath);
  await strangerPage.getByRole("heading", { name: "This film is not here" }).waitFor();
  await strangerPage.goto("/search?q=paper%20dragon");
  await until("search has forgotten it", async () => {
    await strangerPage.reload();
    await strangerPage.locator("main h2").first().waitFor();
    return (await strangerPage.getByRole("link", { name: filmTitle }).count()) === 0;
  });

  // Its owner still watches it, by cookie.
  await page.goto(filmPath);
  await until("the owner's film plays", () => page.evaluate(() => (document.querySelector("hls-video")?.currentTime ?? 0) > 0.2));
}

export async function deleteFilm({ main, filmPath }) {
  main.expecting(404);
  const page = await main.newPage();
  await page.goto("/me/videos");
  await page.getByRole("button", { name: `Actions for ${filmTitle}` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  const dialog = page.getByRole("alertdialog");
  await checkAccess(page, "the delete dialog");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await until("it is off the list", async () => (await page.getByRole("link", { name: filmTitle }).count()) === 0);
  await page.goto(filmPath);
  await page.getByRole("heading", { name: "This film is not here" }).waitFor();
  check((await page.title()).includes("Not found"), "the title says so too");
}
