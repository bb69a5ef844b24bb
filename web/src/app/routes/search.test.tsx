// Searching: suggestions by keyboard, hits with their words marked, text that stays text.
import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { video } from "@/testing/fixtures";
import { renderApp } from "@/testing/render-app";
import { at, server } from "@/testing/server";

test("suggestions can be walked and taken by keyboard", async () => {
  server.use(
    http.get(at("/search/suggestions"), () =>
      HttpResponse.json({ suggestions: [{ text: "paper dragon" }, { text: "paper plane" }] }),
    ),
    http.get(at("/search"), () => HttpResponse.json({ hits: [], next_cursor: null })),
  );
  const { person, router } = renderApp("/");
  const box = await screen.findByRole("combobox", { name: "Search videos" });
  await person.type(box, "pap");
  await screen.findByRole("option", { name: "paper dragon" });
  expect(box).toHaveAttribute("aria-expanded", "true");
  await person.keyboard("{ArrowDown}{ArrowDown}");
  const second = screen.getByRole("option", { name: "paper plane" });
  expect(second).toHaveAttribute("aria-selected", "true");
  expect(box).toHaveAttribute("aria-activedescendant", second.id);
  await person.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: "Results for “paper plane”" })).toBeInTheDocument();
  expect(router.state.location.search).toBe("?q=paper%20plane");
  expect(await screen.findByRole("heading", { name: "Nothing found" })).toBeInTheDocument();
});

test("Escape closes the suggestions and keeps what was typed", async () => {
  server.use(
    http.get(at("/search/suggestions"), () => HttpResponse.json({ suggestions: [{ text: "paper" }] })),
  );
  const { person } = renderApp("/");
  const box = await screen.findByRole("combobox", { name: "Search videos" });
  await person.type(box, "pap");
  await screen.findByRole("option", { name: "paper" });
  await person.keyboard("{Escape}");
  expect(screen.queryByRole("option")).not.toBeInTheDocument();
  expect(box).toHaveValue("pap");
});

test("hits mark what matched, and markup in titles is only text", async () => {
  const title = "<img src=x onerror=alert(1)> dragon";
  server.use(
    http.get(at("/search"), () =>
      HttpResponse.json({
        hits: [
          {
            video: video({ title }),
            highlights: [
              {
                field: "title",
                fragments: [
                  { text: "<img src=x onerror=alert(1)> ", matched: false },
                  { text: "dragon", matched: true },
                ],
              },
            ],
          },
        ],
        next_cursor: null,
      }),
    ),
  );
  renderApp("/search?q=dragon");
  const link = await screen.findByRole("link", { name: title });
  expect(link.querySelector("mark")).toHaveTextContent("dragon");
  expect(link.querySelector("img")).toBeNull();
});
