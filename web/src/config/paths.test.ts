// Addresses: what users name themselves is escaped, and a foreign place to go on to is not gone to.
import { expect, test } from "vitest";
import { paths, safeNext } from "./paths";

test("names are escaped", () => {
  expect(paths.channel.href("a/b?c")).toBe("/c/a%2Fb%3Fc");
  expect(paths.search.href("50% & more")).toBe("/search?q=50%25%20%26%20more");
});

test.each([null, "", "https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"])(
  "%s is no place of this site",
  (next) => {
    expect(safeNext(next)).toBe("/");
  },
);

test("a place of this site is gone to", () => {
  expect(safeNext("/me/videos?edit=1")).toBe("/me/videos?edit=1");
});
