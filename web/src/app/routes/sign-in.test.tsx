// Signing in, and being sent to sign in.
import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { user } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, problem, server, signedIn } from "@/testing/server";

test("a page that needs an account comes back after signing in", async () => {
  server.use(http.post(at("/auth/login"), () => HttpResponse.json(signedIn(user()))));
  const { person, router } = renderApp("/me/videos");
  await person.type(await screen.findByLabelText("User name or e-mail address"), "edith");
  await person.type(screen.getByLabelText("Password"), "nine hundred cards");
  await person.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "My videos" })).toBeInTheDocument();
  expect(router.state.location.pathname).toBe("/me/videos");
});

test("a refusal is read out, and the page stays", async () => {
  server.use(
    http.post(at("/auth/login"), () =>
      problem(401, "wrong_credentials", "user name or password is not right"),
    ),
  );
  const { person } = renderApp("/sign-in");
  await person.type(await screen.findByLabelText("User name or e-mail address"), "edith");
  await person.type(screen.getByLabelText("Password"), "wrong");
  await person.click(screen.getByRole("button", { name: "Sign in" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("User name or password is not right.");
});

test("administration is not there for members", async () => {
  renderApp("/admin/users", user());
  expect(await screen.findByRole("heading", { name: "There is no page here" })).toBeInTheDocument();
});

test("signing out leaves nothing of the account on the page", async () => {
  server.use(http.post(at("/auth/logout"), () => new HttpResponse(null, { status: 204 })));
  const { person } = renderApp("/", user());
  await person.click(await screen.findByRole("button", { name: "Your account" }));
  await person.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  expect(await screen.findByRole("link", { name: "Sign in" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Your account" })).not.toBeInTheDocument();
});
