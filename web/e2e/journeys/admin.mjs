// What an administrator does: invites, gives room, makes a new password, blocks, looks after failed films and any other.
import { basename } from "node:path";
import { check, checkAccess, until } from "../check.mjs";
import { signIn, signInWell, untilSignedOut } from "./people.mjs";

export async function inviteSomeone({ main, open }, world) {
  world.member = { username: `anton${Date.now() % 1_000_000}`, password: "a lantern and nine slides" };
  const page = await main.newPage();
  await page.goto("/admin/invitations");
  await page.getByLabel("Whom it is for").fill("Anton");
  await page.getByRole("button", { name: "New invitation" }).click();
  const dialog = page.getByRole("dialog");
  const link = await dialog.getByLabel("Link of the invitation").inputValue();
  await checkAccess(page, "the dialog with a new invitation");
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });

  const invited = await open();
  const theirs = await invited.newPage();
  await theirs.goto(link);
  await theirs.getByLabel("User name").fill(world.member.username);
  await theirs.getByLabel("E-mail address").fill(`${world.member.username}@example.org`);
  await theirs.getByLabel("Password", { exact: true }).fill(world.member.password);
  check((await theirs.getByLabel("Invitation code").inputValue()).length > 10, "the link brings its code along");
  await checkAccess(theirs, "the sign-up page with an invitation");
  await theirs.getByRole("button", { name: "Create account" }).click();
  await theirs.getByRole("button", { name: "Your account" }).waitFor();

  await page.reload();
  await page.getByText(`Used by ${world.member.username}`).waitFor();
  await page.getByRole("button", { name: "New invitation" }).click();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Revoked", { exact: true }).waitFor();
}

export async function limitAndBlock({ main, open, film, member }) {
  const page = await main.newPage();
  await page.goto("/admin/users");
  const row = page.locator("main li").filter({ hasText: `${member.username}@example.org` });

  await chooseFor(page, member, "Space");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Gigabytes").fill("0.000001");
  await checkAccess(page, "the dialog for space");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.getByText("of 1.0 KB").waitFor();

  const theirs = await open();
  // Over the limit, with an old password, and while blocked.
  theirs.expecting(401, 403);
  const theirPage = await theirs.newPage();
  await signInWell(theirPage, member);
  await theirPage.goto("/upload");
  await theirPage.getByLabel("Films to upload").setInputFiles(film);
  const card = theirPage.getByRole("region", { name: basename(film) });
  await card.getByRole("button", { name: "Upload" }).click();
  const sentence = await card.getByRole("alert").innerText();
  check(sentence.length > 15, `a full account is refused with a sentence, not “${sentence}”`);
  console.log(`      without room: ${sentence}`);

  await chooseFor(page, member, "Space");
  await dialog.getByLabel("Gigabytes").fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await until("the limit is gone", async () => (await row.getByText("of 1.0 KB").count()) === 0);

  await chooseFor(page, member, "Set a new password");
  await dialog.getByRole("button", { name: "Make a new password" }).click();
  const made = dialog.getByLabel("The new password");
  await made.waitFor();
  await checkAccess(page, "the dialog with a new password");
  const old = member.password;
  member.password = await made.inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.waitFor({ state: "detached" });
  await untilSignedOut(theirPage, "/settings");
  await signIn(theirPage, { ...member, password: old });
  await theirPage.getByRole("alert").waitFor();
  await signInWell(theirPage, member);

  await chooseFor(page, member, "Block");
  await row.getByText("Blocked", { exact: true }).waitFor();
  await checkAccess(page, "the list of users with a blocked one");
  await untilSignedOut(theirPage, "/settings");
  await signIn(theirPage, member);
  await theirPage.getByRole("alert").waitFor();
  await chooseFor(page, member, "Unblock");
  await row.getByText("Blocked", { exact: true }).waitFor({ state: "detached" });
  await signInWell(theirPage, member);
}

/** The journeys before have left films behind that could not be made. */
export async function retryFailed({ main }) {
  const page = await main.newPage();
  await page.goto("/admin/videos");
  await page.getByLabel("Which videos").selectOption("failed");
  const row = page.locator("main article").filter({ hasText: "letter" });
  await row.getByText("This file is not a film or a recording.").waitFor();
  await row.getByText("Failed").waitFor();
  await checkAccess(page, "the list of failed videos");
  await row.getByRole("button", { name: "Try again" }).click();
  await page.getByText("It is being tried again.").first().waitFor();
  // It fails again, with the same reason: the list says so once it is asked again.
  await until("the film has failed again", async () => {
    await page.reload();
    await page.getByRole("heading", { name: "Nothing has failed" }).or(page.locator("main article")).first().waitFor();
    return (await row.getByText("This file is not a film or a recording.").count()) === 1;
  });
}

/** A film of somebody else, which the journey with dropped files has left. */
export async function removeAnyFilm({ main, member, dropped }) {
  const page = await main.newPage();
  await page.goto("/admin/videos");
  const row = page.locator("main article").filter({ hasText: dropped[0] }).filter({ hasText: member.username });
  await row.getByRole("button", { name: `Delete ${dropped[0]}` }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText(`“${dropped[0]}” is deleted.`).first().waitFor();
  await dialog.waitFor({ state: "detached" });
  await row.waitFor({ state: "detached" });
  await page.locator("main article").filter({ hasText: dropped[1] }).waitFor();
}

async function chooseFor(page, { username }, item) {
  await page.getByRole("button", { name: `Actions for ${username}` }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}
