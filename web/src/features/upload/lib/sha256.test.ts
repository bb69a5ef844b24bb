// The hash in plain JavaScript is the browser's own, over many steps too.
import { expect, test } from "vitest";
import { sha256Hex, sha256HexInSteps } from "./sha256";

test("both ways give the same", async () => {
  const blob = new Blob([new Uint8Array(2_500_000).map((_, index) => index % 251)]);
  expect(await sha256HexInSteps(blob)).toBe(await sha256Hex(blob));
});

test("nothing has the well-known hash", async () => {
  expect(await sha256HexInSteps(new Blob([]))).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});
