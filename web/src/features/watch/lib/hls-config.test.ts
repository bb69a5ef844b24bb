// How hls.js is set up; what it makes of a segment that is still being made is in fragment-loader.test.ts.
import { expect, test } from "vitest";
import { FragmentLoader } from "./fragment-loader";
import { hlsConfig, rememberBandwidth } from "./hls-config";

function retries(status: number, tries: number): boolean {
  const policy = hlsConfig(null).fragLoadPolicy?.default.errorRetry;
  return policy?.shouldRetry?.(policy, tries, false, { url: "", code: status }, false) ?? false;
}

test("a lost connection is tried some times, a refusal never", () => {
  expect(retries(0, 3)).toBe(true);
  expect(retries(502, 3)).toBe(true);
  expect(retries(0, 50)).toBe(false);
  expect(retries(404, 0)).toBe(false);
  expect(retries(401, 0)).toBe(false);
});

test("segments are loaded by the loader that knows of their making", () => {
  expect(hlsConfig(null).fLoader).toBe(FragmentLoader);
});

test("waits longer for the first byte than the server makes a viewer wait", () => {
  expect(hlsConfig(null).fragLoadPolicy?.default.maxTimeToFirstByteMs).toBeGreaterThan(8000);
});

test("starts with what was measured before, within bounds", () => {
  expect(hlsConfig(null).abrEwmaDefaultEstimate).toBe(4_000_000);
  rememberBandwidth(1_500_000);
  expect(hlsConfig(null).abrEwmaDefaultEstimate).toBe(1_500_000);
  rememberBandwidth(9_000_000_000);
  expect(hlsConfig(null).abrEwmaDefaultEstimate).toBe(20_000_000);
});

test("starts where the link says", () => {
  expect(hlsConfig(42).startPosition).toBe(42);
  expect(hlsConfig(null).startPosition).toBe(-1);
});
