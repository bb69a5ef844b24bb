// Changing the password, signing out, and signing in with the new one.
import { until } from "../check.mjs";

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
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("User name or e-mail address").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill(next);
  await page.getByRole("button", { name: "Sign in" }).click();
  await until("the account is back", () => page.getByRole("button", { name: "Your account" }).isVisible());
}
