// Uploading from the page: parts with their hashes, pause, a part that fails, the end of it.
import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { saveRecord } from "@/features/upload/lib/upload-record";
import { user, video } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, problem, server, world } from "@/testing/server";

const partSize = 4;

/** A server that takes uploads; tells what it was sent. */
function takingUploads({ putStatus }: { putStatus?: (number: number, tries: number) => number } = {}) {
  const parts = new Map<number, string>();
  const tries = new Map<number, number>();
  const seen = { created: null as unknown, completed: 0, aborted: 0, parts };
  const film = video({ title: "My film", state: "queued", hls_url: null, progress: null });
  const show = () => ({
    id: "upload-1",
    video_id: film.id,
    file_name: "film.mp4",
    size_bytes: 10,
    part_size_bytes: partSize,
    part_count: 3,
    expires_at: "2026-12-01T00:00:00Z",
    parts: [...parts].map(([number, hex]) => ({ number, size_bytes: partSize, sha256_hex: hex })),
  });
  server.use(
    http.post(at("/uploads"), async ({ request }) => {
      seen.created = await request.json();
      return HttpResponse.json(show(), { status: 201 });
    }),
    http.get(at("/uploads/:id"), () => HttpResponse.json(show())),
    http.delete(at("/uploads/:id"), () => {
      seen.aborted += 1;
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(at("/uploads/:id/links"), async ({ request }) => {
      const wanted = (await request.json()) as { parts: { number: number; sha256_hex: string }[] };
      return HttpResponse.json({
        links: wanted.parts.map(({ number, sha256_hex }) => ({
          number,
          url: `/parts/${number}/${sha256_hex}`,
          headers: { "x-amz-checksum-sha256": sha256_hex },
          expires_at: "2026-12-01T00:00:00Z",
        })),
      });
    }),
    http.put("http://localhost/parts/:number/:hex", async ({ params, request }) => {
      const number = Number(params.number);
      tries.set(number, (tries.get(number) ?? 0) + 1);
      const status = putStatus?.(number, tries.get(number) ?? 1) ?? 200;
      if (status !== 200) return problem(status, "refused", "this part was altered on its way");
      expect(request.headers.get("x-amz-checksum-sha256")).toBe(params.hex);
      await delay(5);
      parts.set(number, String(params.hex));
      return new HttpResponse(null, { status: 200 });
    }),
    http.post(at("/uploads/:id/complete"), () => {
      seen.completed += 1;
      world.videos = [{ ...film, state: "processing", progress: 0.5, hls_url: "/x.m3u8" }];
      return HttpResponse.json({ video_id: film.id }, { status: 202 });
    }),
  );
  return seen;
}

async function chooseFilm(content = "0123456789", name = "film_one.mp4") {
  const { person } = renderApp("/upload", user());
  const input = await screen.findByLabelText("Films to upload");
  await person.upload(input, new File([content], name, { type: "video/mp4" }));
  return person;
}

test("sends every part with its hash, completes, and shows the making of it", async () => {
  const seen = takingUploads();
  const person = await chooseFilm();
  const card = within(await screen.findByRole("region", { name: "film_one.mp4" }));
  expect(card.getByLabelText("Title")).toHaveValue("film one");
  await person.type(card.getByLabelText("Tags"), "a, b");
  await person.selectOptions(card.getByLabelText("Who can watch"), "unlisted");
  await person.click(card.getByRole("button", { name: "Upload" }));
  expect(await card.findByRole("link", { name: "Watch" })).toBeInTheDocument();
  expect(card.getByText(/It can be watched already/)).toBeInTheDocument();
  expect(seen.created).toMatchObject({
    file_name: "film_one.mp4",
    size_bytes: 10,
    title: "film one",
    tags: ["a", "b"],
    privacy: "unlisted",
  });
  // SHA-256 of "0123", "4567" and "89".
  expect([...seen.parts].toSorted()).toEqual([
    [1, "1be2e452b46d7a0d9656bbb1f768e8248eba1b75baed65f5d99eafa948899a6a"],
    [2, "db2e7f1bd5ab9968ae76199b7cc74795ca7404d5a08d78567715ce532f9d2669"],
    [3, "cd70bea023f752a0564abb6ed08d42c1440f2e33e29914e55e0be1595e24f45a"],
  ]);
  expect(seen.completed).toBe(1);
});

test("tries a part again when the server stumbles", async () => {
  const seen = takingUploads({ putStatus: (number, tries) => (number === 2 && tries === 1 ? 503 : 200) });
  const person = await chooseFilm();
  await person.click(await screen.findByRole("button", { name: "Upload" }));
  expect(await screen.findByRole("link", { name: "Watch" })).toBeInTheDocument();
  expect(seen.parts.size).toBe(3);
});

test("stops at a refusal with its sentence, and goes on from there when asked", async () => {
  let refusing = true;
  const seen = takingUploads({ putStatus: (number) => (refusing && number === 2 ? 422 : 200) });
  const person = await chooseFilm();
  await person.click(await screen.findByRole("button", { name: "Upload" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("This part was altered on its way.");
  refusing = false;
  await person.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Watch" })).toBeInTheDocument();
  expect(seen.completed).toBe(1);
});

test("an empty file is refused before anything is sent", async () => {
  await chooseFilm("", "empty.mp4");
  const card = within(await screen.findByRole("region", { name: "empty.mp4" }));
  expect(card.getByRole("alert")).toHaveTextContent("This file is empty");
  expect(card.queryByRole("button", { name: "Upload" })).not.toBeInTheDocument();
});

test("a file larger than the server takes is refused before anything is sent", async () => {
  world.config.max_upload_bytes = 5;
  await chooseFilm("0123456789", "long.mp4");
  const card = within(await screen.findByRole("region", { name: "long.mp4" }));
  expect(card.getByRole("alert")).toHaveTextContent("at most 5 B a file");
});

test("after a reload the same file goes on, another is refused", async () => {
  const seen = takingUploads();
  seen.parts.set(1, "1be2e452b46d7a0d9656bbb1f768e8248eba1b75baed65f5d99eafa948899a6a");
  await saveRecord({
    id: "upload-1",
    videoId: "video-x",
    ownerId: "user-1",
    fileName: "film.mp4",
    sizeBytes: 10,
    partSizeBytes: partSize,
    partCount: 3,
    details: { title: "Interrupted", description: "", tags: [], privacy: "public" },
    startedAtMs: 1,
    handle: null,
  });
  const { person } = renderApp("/upload", user());
  const card = within(await screen.findByRole("region", { name: "film.mp4" }));
  const input = card.getByLabelText("File of film.mp4");
  await person.upload(input, new File(["other"], "film.mp4"));
  expect(await card.findByRole("alert")).toHaveTextContent("This is not the same file.");
  await person.upload(input, new File(["abcdefghij"], "film.mp4"));
  expect(await card.findByText(/This is not the same file/)).toBeInTheDocument();
  await waitFor(() => expect(seen.parts.size).toBe(1));
});

test("cancelling gives up what was sent", async () => {
  const seen = takingUploads({ putStatus: () => 422 });
  const person = await chooseFilm();
  await person.click(await screen.findByRole("button", { name: "Upload" }));
  await screen.findByRole("alert");
  await person.click(screen.getByRole("button", { name: "Cancel film_one.mp4" }));
  await waitFor(() => expect(seen.aborted).toBe(1));
  expect(screen.queryByRole("region", { name: "film_one.mp4" })).not.toBeInTheDocument();
});
