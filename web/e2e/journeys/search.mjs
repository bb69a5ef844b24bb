// Finding a film: by a beginning, by a suggestion, and not finding what is not there.
import { checkAccess, until } from "../check.mjs";
import { filmTitle } from "./upload.mjs";

export async function findFilm({ open }) {
  const viewer = await open();
  const page = await viewer.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: filmTitle }).waitFor();
  const box = page.getByRole("combobox", { name: "Search videos" });
  await box.fill("paper dra");
  await until("a suggestion is shown", async () => (await page.getByRole("option").count()) > 0);
  await checkAccess(page, "the home page with suggestions");
  await box.press("ArrowDown");
  await until("arrow keys reach the suggestions", () => box.getAttribute("aria-activedescendant"));
  await box.press("Escape");
  await box.fill("paper dra");
  await box.press("Enter");
  await page.getByRole("link", { name: filmTitle }).waitFor();
  // The page before shows the same link: only the marks tell that the results are there.
  await until("what matched is marked", async () => (await page.locator("mark").count()) > 0);
  await checkAccess(page, "the search page");
  await box.fill("zzzqqq nothing like it");
  await box.press("Enter");
  await page.getByRole("heading", { name: "Nothing found" }).waitFor();
}
