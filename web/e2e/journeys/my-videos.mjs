// What several journeys do on the page of one's own videos.
import { checkAccess, until } from "../check.mjs";

/** Opens the dialog that a film's menu offers as `item`. */
export async function openFilmMenu(page, title, item) {
  await page.getByRole("button", { name: `Actions for ${title}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Deletes the film, and waits until the server has answered and the list is shown without it. */
export async function deleteFromList(page, title) {
  await openFilmMenu(page, title, "Delete");
  const dialog = page.getByRole("alertdialog");
  await dialog.waitFor();
  await checkAccess(page, "the delete dialog");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText(`“${title}” is deleted.`).first().waitFor();
  // While the dialog is open, nothing behind it has a role: no link is there, whatever the list holds.
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("heading", { level: 1, name: "My videos" }).waitFor();
  await until("it is off the list", async () => (await page.locator("main").getByText(title, { exact: true }).count()) === 0);
}
