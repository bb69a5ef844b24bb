// The quality menu names each rendition once.
import { expect, test } from "vitest";
import { renditionLabel } from "./rendition-label";

const of = (name: string, codec: string, width = 1920, height = 1080) =>
  renditionLabel({ width, height, codec, src: `/api/v1/media/x/${name}/index.m3u8` });

test("the film's own pictures are told from the rung of their height", () => {
  expect(of("video-1080", "avc1.640028")).toBe("1080p");
  expect(of("video-source", "avc1.640028")).toBe("1080p source");
});

test("codecs beside H.264 are named", () => {
  expect(of("video-1080-av1", "av01.0.08M.08")).toBe("1080p AV1");
  expect(of("video-1080-hevc", "hvc1.1.6.L120.90")).toBe("1080p HEVC");
});

test("the shorter side counts", () => {
  expect(of("video-2160", "avc1.640033", 2160, 3840)).toBe("2160p");
});
