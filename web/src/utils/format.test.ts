// Numbers and times as people read them.
import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatDuration, formatTimeLeft, formatViews, spokenDuration } from "./format";
import { parseTags } from "./tags";

test("lengths of time", () => {
  expect(formatDuration(9_400)).toBe("0:09");
  expect(formatDuration(754_000)).toBe("12:34");
  expect(formatDuration(3_754_000)).toBe("1:02:34");
  expect(spokenDuration(3_721_000)).toBe("1 hour 2 minutes 1 second");
});

test("counts and sizes", () => {
  expect(formatViews(1)).toBe("1 view");
  expect(formatViews(15_320)).toBe("15.3K views");
  expect(formatBytes(999)).toBe("999 B");
  expect(formatBytes(3_400_000)).toBe("3.4 MB");
});

test("ages and what is left", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  expect(formatAgo("2026-11-22T11:59:40Z", now)).toBe("just now");
  expect(formatAgo("2026-11-21T11:00:00Z", now)).toBe("yesterday");
  expect(formatTimeLeft(150)).toBe("about 3 minutes left");
});

test("tags are cut at commas, cleaned and kept once", () => {
  expect(parseTags(" theatre, #stop motion ,, theatre")).toEqual(["theatre", "stop motion"]);
});
