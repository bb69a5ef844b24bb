// Making an account, under each of the three rules for it.
import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { user } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, problem, server, signedIn, world } from "@/testing/server";

test("registering asks for cookies, proves its page, and ends signed in at home", async () => {
  const seen: { headers: Headers; body: unknown }[] = [];
  server.use(
    http.post(at("/auth/register"), async ({ request }) => {
      seen.push({ headers: request.headers, body: await request.json() });
      return HttpResponse.json(signedIn(user()), { status: 201 });
    }),
  );
  const { person, router } = renderApp("/sign-up");
  await person.type(await screen.findByLabelText("User name"), "Edith");
  await person.type(screen.getByLabelText("E-mail address"), "edith@example.org");
  await person.type(screen.getByLabelText("Password"), "nine hundred cards");
  await person.click(screen.getByRole("button", { name: "Create account" }));
  expect(await screen.findByRole("button", { name: "Your account" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/");
  expect(seen[0]?.headers.get("x-mutoscope-session")).toBe("cookie");
  expect(seen[0]?.headers.get("x-mutoscope-csrf")).toBe("1");
  expect(seen[0]?.body).toEqual({
    username: "Edith",
    email: "edith@example.org",
    password: "nine hundred cards",
  });
});

test("a refusal stands at the field that it is about", async () => {
  server.use(
    http.post(at("/auth/register"), () =>
      problem(409, "username_taken", "someone here has this user name already; choose another", "username"),
    ),
  );
  const { person } = renderApp("/sign-up");
  await person.type(await screen.findByLabelText("User name"), "Edith");
  await person.type(screen.getByLabelText("E-mail address"), "edith@example.org");
  await person.type(screen.getByLabelText("Password"), "nine hundred cards");
  await person.click(screen.getByRole("button", { name: "Create account" }));
  expect(
    await screen.findByText("Someone here has this user name already; choose another."),
  ).toBeInTheDocument();
  expect(screen.getByLabelText("User name")).toBeInvalid();
});

test("asks for an invitation where one is needed, and takes it from the link", async () => {
  world.config.registration = "invite";
  renderApp("/sign-up?invitation=K7FQ");
  expect(await screen.findByLabelText("Invitation code")).toHaveValue("K7FQ");
  expect(await screen.findByText("New accounts are by invitation here.")).toBeInTheDocument();
});

test("says so where nobody can register, unless it is the first account", async () => {
  world.config.registration = "closed";
  renderApp("/sign-up");
  expect(await screen.findByText(/does not take new accounts/)).toBeInTheDocument();
});

test("tells the first person that they become the administrator", async () => {
  world.config.registration = "closed";
  world.config.first_account = true;
  renderApp("/sign-up");
  expect(await screen.findByText(/will be its administrator/)).toBeInTheDocument();
});

test("warns where the connection is not encrypted", async () => {
  world.config.insecure_transport = true;
  renderApp("/sign-in");
  expect(await screen.findByRole("note")).toHaveTextContent("not encrypted");
});
