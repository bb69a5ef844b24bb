// Browse, as a visitor sees it.
import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { video } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, problem, server, world } from "@/testing/server";

test("shows public films with channel, length and views, each as one link", async () => {
  world.videos = [video({ title: "The paper dragon", views: 1 })];
  renderApp("/");
  const link = await screen.findByRole("link", { name: "The paper dragon" });
  const card = within(link.closest("article") as HTMLElement);
  expect(card.getByText("1:02")).toBeInTheDocument();
  expect(card.getByText(/1 view/)).toBeInTheDocument();
  expect(card.getByRole("link", { name: "Edith" })).toHaveAttribute("href", "/c/edith");
});

test("says what to do while there is nothing", async () => {
  renderApp("/");
  expect(await screen.findByRole("heading", { name: "No films yet" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Upload the first one" })).toHaveAttribute("href", "/upload");
});

test("a server without accounts asks for the first one", async () => {
  world.config.first_account = true;
  renderApp("/");
  expect(await screen.findByRole("link", { name: "Create the first account" })).toHaveAttribute(
    "href",
    "/sign-up",
  );
});

test("fetches the next page with the cursor it was given", async () => {
  const cursors: (string | null)[] = [];
  server.use(
    http.get(at("/videos"), ({ request }) => {
      const cursor = new URL(request.url).searchParams.get("cursor");
      cursors.push(cursor);
      return HttpResponse.json(
        cursor === null
          ? { videos: [video({ title: "First" })], next_cursor: "abc" }
          : { videos: [video({ title: "Second" })], next_cursor: null },
      );
    }),
  );
  const { person } = renderApp("/");
  await person.click(await screen.findByRole("button", { name: "Show more" }));
  expect(await screen.findByRole("link", { name: "Second" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "First" })).toBeInTheDocument();
  expect(cursors).toEqual([null, "abc"]);
});

test("a failure is said in a sentence, and trying again works", async () => {
  let broken = true;
  server.use(
    http.get(at("/videos"), () =>
      broken
        ? problem(500, "internal", "something went wrong here; it is in the log")
        : HttpResponse.json({ videos: [video({ title: "Back again" })], next_cursor: null }),
    ),
  );
  const { person } = renderApp("/");
  expect(await screen.findByText("Something went wrong here; it is in the log.")).toBeInTheDocument();
  broken = false;
  await person.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Back again" })).toBeInTheDocument();
});
