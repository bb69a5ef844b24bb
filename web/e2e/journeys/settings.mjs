// One's own account: the password, the sessions, and the end.
import { checkAccess, until } from "../check.mjs";
import { signIn, signInWell, untilSignedOut } from "./people.mjs";

export async function changePasswordAndSignIn({ main, person }) {
  const page = await main.newPage();
  const next = `${person.password} and one`;
  await page.goto("/settings");
  await page.getByLabel("Current password").fill(person.password);
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed.").first().waitFor();
  person.password = next;
  await page.getByText("This one").waitFor();
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  await signInWell(page, person);
}

export async function signOutEverywhere({ open, member }) {
  const here = await open();
  const phone = await open({ device: "phone" });
  const tablet = await open({ device: "phone", theme: "dark" });
  const [page, away, further] = [await here.newPage(), await phone.newPage(), await tablet.newPage()];
  for (const each of [page, away, further]) await signInWell(each, member);
  for (const other of [phone, tablet]) other.expecting(401);

  await page.goto("/settings");
  const sessions = page.getByRole("region", { name: "Where you are signed in" });
  const others = sessions.getByRole("button", { name: "Sign out", exact: true });
  await until("all sessions are listed", async () => (await others.count()) >= 2);
  await sessions.getByText("This one").waitFor();
  // One by itself: the newest other one.
  const before = await others.count();
  await others.first().click();
  await until("one session less is listed", async () => (await others.count()) === before - 1);

  await sessions.getByRole("button", { name: "Sign out everywhere else" }).click();
  const dialog = page.getByRole("alertdialog");
  await checkAccess(page, "the dialog before signing out everywhere");
  await dialog.getByRole("button", { name: "Sign out others" }).click();
  await page.getByText("All other sessions are signed out.").first().waitFor();
  await dialog.waitFor({ state: "detached" });
  await until("no other session is listed", async () => (await sessions.getByText("This one").isVisible()) && (await others.count()) === 0);
  await untilSignedOut(away, "/me/videos");
  await untilSignedOut(further, "/me/videos");
  await page.goto("/me/videos");
  await page.getByRole("heading", { level: 1, name: "My videos" }).waitFor();
}

export async function deleteAccount({ open, member, dropped }) {
  const theirs = await open();
  theirs.expecting(401, 403, 404, 422);
  const page = await theirs.newPage();
  await signInWell(page, member);
  await page.goto("/me/videos");
  const film = page.getByRole("link", { name: dropped[1] }).last();
  const filmPath = await film.getAttribute("href");

  await page.goto("/settings");
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("alertdialog");
  await dialog.getByLabel("Your password", { exact: true }).fill("not the right one");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await dialog.getByRole("alert").waitFor();
  await checkAccess(page, "the dialog before an account is deleted, with a fault");
  await dialog.getByLabel("Your password", { exact: true }).fill(member.password);
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await page.getByText("Your account and its videos are deleted.").first().waitFor();
  await page.getByRole("link", { name: "Sign in" }).waitFor();

  await page.goto(filmPath);
  await page.getByRole("heading", { name: "This film is not here" }).waitFor();
  await page.goto(`/c/${member.username}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await signIn(page, member);
  await page.getByRole("alert").waitFor();
}
