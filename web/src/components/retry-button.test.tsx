// The button asks once, and says what came of it.
import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { user, video } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, problem, server, world } from "@/testing/server";

const failed = () =>
  video({ state: "failed", hls_url: null, failure: { code: "no_streams", message: "there is no picture in this file" } });

test("a failed film is tried again, and the list says so", async () => {
  const film = failed();
  world.videos = [film];
  server.use(
    http.post(at("/videos/:id/retry"), () => {
      world.videos = [{ ...film, state: "queued", failure: null }];
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { person } = renderApp("/me/videos", user());
  await person.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("It is being tried again.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});

test("a refusal is told in its own words", async () => {
  world.videos = [failed()];
  server.use(http.post(at("/videos/:id/retry"), () => problem(409, "conflict", "the film is being made already")));
  const { person } = renderApp("/me/videos", user());
  await person.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("The film is being made already.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Try again" })).toBeEnabled();
});
