// The watch page around the player: what it says in each state. Playing itself is for the browser run.
import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { user, video } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { world } from "@/testing/server";

test("a film that is not there is said in one sentence", async () => {
  renderApp("/watch/nothing");
  expect(await screen.findByRole("heading", { name: "This film is not here" })).toBeInTheDocument();
});

test("shows progress while the film is made, and asks again until it plays", async () => {
  const film = video({ state: "processing", progress: 0.43, hls_url: null });
  world.videos = [film];
  renderApp(`/watch/${film.id}`);
  expect(await screen.findByText("This film is being prepared")).toBeInTheDocument();
  expect(screen.getByRole("progressbar", { name: "Preparing the film" })).toHaveAttribute(
    "aria-valuenow",
    "43",
  );
  world.videos = [{ ...film, progress: 0.6 }];
  expect(await screen.findByText("60%")).toBeInTheDocument();
});

test("a failed film tells its owner why", async () => {
  const film = video({
    state: "failed",
    hls_url: null,
    failure: { code: "no_streams", message: "there is no picture in this file" },
  });
  world.videos = [film];
  renderApp(`/watch/${film.id}`, user());
  expect(await screen.findByText("There is no picture in this file.")).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "To my videos" })).toBeInTheDocument();
});

test("the description is text: addresses become links, markup does not become markup", async () => {
  const film = video({
    title: "Notes",
    description: "See https://example.org/a_(b). <script>alert(1)</script> javascript:alert(1)",
    tags: ["stop motion"],
  });
  world.videos = [film];
  renderApp(`/watch/${film.id}`);
  const link = await screen.findByRole("link", { name: "https://example.org/a_(b)" });
  expect(link).toHaveAttribute("href", "https://example.org/a_(b)");
  expect(link).toHaveAttribute("rel", expect.stringContaining("noopener"));
  expect(screen.getByText(/<script>alert\(1\)<\/script>/)).toBeInTheDocument();
  expect(document.querySelector("main script")).toBeNull();
  expect(screen.getByRole("link", { name: "#stop motion" })).toHaveAttribute(
    "href",
    "/search?q=stop%20motion",
  );
});

test("offers more from the channel, without the film itself", async () => {
  const film = video({ title: "This one" });
  world.videos = [film, video({ title: "Another one" })];
  renderApp(`/watch/${film.id}`);
  expect(await screen.findByRole("link", { name: "Another one" })).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "This one" })).not.toBeInTheDocument();
});

test("where the channel has little, offers what is new elsewhere", async () => {
  const film = video({ title: "This one" });
  world.videos = [film, video({ title: "Far away", channel: { handle: "anton", name: "Anton" } })];
  renderApp(`/watch/${film.id}`);
  expect(await screen.findByRole("heading", { name: "Latest films" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Far away" })).toBeInTheDocument();
});
