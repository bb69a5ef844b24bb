// The list of chapters beside a film that stands for itself.
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Chapters } from "./chapters";

const chapters = [
  { start_ms: 0, end_ms: 60_000, title: "Begin <b>" },
  { start_ms: 60_000, end_ms: 3_700_000, title: "Middle" },
  { start_ms: 3_700_000, end_ms: 4_000_000, title: "End" },
];

test("a chapter leads to where it begins, and the one that is shown is marked", async () => {
  const media = document.createElement("video");
  render(<Chapters chapters={chapters} media={media} />);
  expect(screen.getByRole("button", { name: /Begin <b>/ })).toHaveAttribute("aria-current", "true");
  await userEvent.click(screen.getByRole("button", { name: /End/ }));
  expect(media.currentTime).toBe(3700);
  act(() => {
    media.dispatchEvent(new Event("timeupdate"));
  });
  expect(screen.getByRole("button", { name: /End/ })).toHaveAttribute("aria-current", "true");
  expect(screen.getByText("1:01:40")).toBeInTheDocument();
});
