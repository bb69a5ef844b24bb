// Registering, and being refused.
import { check, checkAccess, until } from "../check.mjs";

export async function register({ main, person }) {
  const page = await main.newPage();
  await page.goto("/");
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Create one" }).click();
  await page.getByRole("heading", { name: "Create your account" }).waitFor();
  await checkAccess(page, "the sign-up page");
  await page.getByLabel("User name").fill(person.username);
  await page.getByLabel("E-mail address").fill(`${person.username}@example.org`);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("button", { name: "Your account" }).waitFor();
  await until("registering ends on the home page", () => new URL(page.url()).pathname === "/");
  await page.reload();
  await page.getByRole("button", { name: "Your account" }).waitFor();
}

export async function refuseWrongPassword({ open, person }) {
  const stranger = await open();
  stranger.expecting(401);
  const page = await stranger.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("User name or e-mail address").fill(person.username);
  await page.getByLabel("Password", { exact: true }).fill("not the right one");
  await page.getByRole("button", { name: "Sign in" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  check((await alert.innerText()).length > 10, "the refusal has a sentence");
  await checkAccess(page, "the sign-in page with a fault");
}
