// What an owner does with a film: hides it, deletes it.
import { checkAccess, until } from "../check.mjs";
import { deleteFromList, openFilmMenu } from "./my-videos.mjs";
import { filmTitle } from "./upload.mjs";

export async function hideFilm({ main, open, filmPath }) {
  const page = await main.newPage();
  await page.goto("/me/videos");
  await openFilmMenu(page, filmTitle, "Edit");
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
  const hits = strangerPage.locator("main article");
  await until("search has forgotten it", async () => {
    await strangerPage.goto("/search?q=paper%20dragon");
    // Either of them says that the answer is there.
    await strangerPage.getByRole("heading", { name: "Nothing found" }).or(hits).first().waitFor();
    return (await hits.filter({ hasText: filmTitle }).count()) === 0;
  });

  // Its owner still watches it, by cookie.
  await page.goto(filmPath);
  await until("the owner's film plays", () => page.evaluate(() => (document.querySelector("hls-video")?.currentTime ?? 0) > 0.2));
}

export async function deleteFilm({ main, filmPath }) {
  main.expecting(404);
  const page = await main.newPage();
  await page.goto("/me/videos");
  await deleteFromList(page, filmTitle);
  await page.goto(filmPath);
  await page.getByRole("heading", { name: "This film is not here" }).waitFor();
  await until("the title says so too", async () => (await page.title()).includes("Not found"));
}
