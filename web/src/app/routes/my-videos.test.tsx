// An owner's list: editing, deleting after a question, trying a failed film again.
import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { user, video } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, server, world } from "@/testing/server";
import type { VideoChange } from "@/types/api-types";

test("edits title, tags and privacy", async () => {
  const film = video({ title: "Draft" });
  world.videos = [film];
  const changes: VideoChange[] = [];
  server.use(
    http.patch(at("/videos/:id"), async ({ request }) => {
      const change = (await request.json()) as VideoChange;
      changes.push(change);
      world.videos = [{ ...film, ...(change as Partial<typeof film>) }];
      return HttpResponse.json(world.videos[0]);
    }),
  );
  const { person } = renderApp("/me/videos", user());
  await person.click(await screen.findByRole("button", { name: "Actions for Draft" }));
  await person.click(await screen.findByRole("menuitem", { name: "Edit" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Edit the film" }));
  const title = await dialog.findByLabelText("Title");
  await person.clear(title);
  await person.type(title, "The paper dragon");
  await person.type(dialog.getByLabelText("Tags"), "theatre, #paper,, theatre");
  await person.selectOptions(dialog.getByLabelText("Who can watch"), "private");
  await person.click(dialog.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("link", { name: "The paper dragon" })).toBeInTheDocument();
  expect(changes).toEqual([
    { title: "The paper dragon", description: "", tags: ["theatre", "paper"], privacy: "private" },
  ]);
});

test("gives a chosen poster up again", async () => {
  const film = video({ title: "Draft", poster_at_ms: 83_000 });
  world.videos = [film];
  const choices: unknown[] = [];
  server.use(
    http.put(at("/videos/:id/poster"), async ({ request }) => {
      choices.push(await request.json());
      world.videos = [{ ...film, poster_at_ms: null }];
      return HttpResponse.json(world.videos[0]);
    }),
  );
  const { person } = renderApp("/me/videos", user());
  await person.click(await screen.findByRole("button", { name: "Actions for Draft" }));
  await person.click(await screen.findByRole("menuitem", { name: "Edit" }));
  const poster = within(await screen.findByRole("group", { name: "Poster" }));
  expect(poster.getByText(/Taken at 1:23\./)).toBeInTheDocument();
  await person.click(poster.getByRole("button", { name: "Choose automatically" }));
  expect(await poster.findByText(/Chosen automatically\./)).toBeInTheDocument();
  expect(choices).toEqual([{ at_ms: null }]);
});

test("deletes only after the question is answered", async () => {
  const film = video({ title: "Old film" });
  world.videos = [film];
  const deleted: unknown[] = [];
  server.use(
    http.delete(at("/videos/:id"), ({ params }) => {
      deleted.push(params.id);
      world.videos = [];
      return new HttpResponse(null, { status: 204 });
    }),
  );
  const { person } = renderApp("/me/videos", user());
  await person.click(await screen.findByRole("button", { name: "Actions for Old film" }));
  await person.click(await screen.findByRole("menuitem", { name: "Delete" }));
  const question = within(await screen.findByRole("alertdialog"));
  expect(deleted).toEqual([]);
  await person.click(question.getByRole("button", { name: "Delete" }));
  expect(await screen.findByRole("heading", { name: "Nothing uploaded yet" })).toBeInTheDocument();
  expect(deleted).toEqual([film.id]);
});

test("shows why a film failed, and tries it again", async () => {
  const film = video({
    state: "failed",
    hls_url: null,
    failure: { code: "not_media", message: "this file holds no film" },
  });
  world.videos = [film];
  server.use(
    http.post(at("/videos/:id/retry"), () => {
      world.videos = [{ ...film, state: "queued", failure: null }];
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { person } = renderApp("/me/videos", user());
  expect(await screen.findByText("This file holds no film.")).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByText("This file holds no film.")).not.toBeInTheDocument());
  expect(screen.getByText("Waiting")).toBeInTheDocument();
});

const warning = (code: string, message: string, can_be_retried: boolean) => ({
  code,
  message,
  at_ms: null,
  can_be_retried,
});

test("shows what a film lacks, and tries that again", async () => {
  const lasting = warning("no_audio", "The film has no sound.", false);
  const film = video({
    warnings: [warning("captions_missing", "The captions are missing.", true), lasting],
  });
  world.videos = [film];
  server.use(
    http.post(at("/videos/:id/retry"), () => {
      world.videos = [{ ...film, warnings: [lasting] }];
      return new HttpResponse(null, { status: 202 });
    }),
  );
  const { person } = renderApp("/me/videos", user());
  const warnings = within(await screen.findByRole("list", { name: "Warnings" }));
  expect(warnings.getByText("The captions are missing.")).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByText("The captions are missing.")).not.toBeInTheDocument());
  expect(screen.getByText("The film has no sound.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});
