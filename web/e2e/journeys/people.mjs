// What several journeys do as somebody: signing in, and asking the server what it knows.
import { until } from "../check.mjs";

export async function signIn(page, { username, password }) {
  await page.goto("/sign-in");
  await page.getByLabel("User name or e-mail address").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signInWell(page, person) {
  await signIn(page, person);
  await page.getByRole("button", { name: "Your account" }).waitFor();
}

/** Asks for a page that only somebody signed in sees, until it asks back who this is. */
export async function untilSignedOut(page, path) {
  await until("the session has ended", async () => {
    await page.goto(path);
    const asked = page.getByRole("heading", { name: "Welcome back", level: 1 });
    await asked.or(page.getByRole("button", { name: "Your account" })).first().waitFor();
    return asked.isVisible();
  });
}

/** The answer of the API about a film, as this page's owner gets it. */
export async function askFor(page, filmPath) {
  const answer = await page.request.get(`/api/v1/videos/${filmPath.split("/").at(-1)}`);
  return answer.json();
}
