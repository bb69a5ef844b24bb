// Quick presses of the player's keys: each one acts on what the one before it did.
import { expect, test } from "vitest";
import { type ControlRequest, type KeyedMedia, pressKey } from "./press-key";

function film(change: Partial<KeyedMedia> = {}): KeyedMedia {
  const media: KeyedMedia = {
    paused: false,
    currentTime: 30,
    duration: 60,
    muted: false,
    volume: 1,
    play: () => {
      (media as { paused: boolean }).paused = false;
      return Promise.resolve();
    },
    pause: () => {
      (media as { paused: boolean }).paused = true;
    },
    ...change,
  };
  return media;
}

function press(media: KeyedMedia, keys: string): KeyedMedia {
  // As the controls do it, who hear of the change only later.
  const ask = (request: ControlRequest) => {
    media.muted = request === "mediamuterequest";
    if (!media.muted) media.volume ||= 0.25;
  };
  for (const key of keys) expect(pressKey(key, media, ask)).toBe(true);
  return media;
}

test("k pauses and plays on, however quickly it is pressed", () => {
  expect(press(film(), "k").paused).toBe(true);
  expect(press(film(), "kk").paused).toBe(false);
  expect(press(film(), "kkk").paused).toBe(true);
});

test("a film that may not play stays paused without a fault", async () => {
  const media = film({ paused: true, play: () => Promise.reject(new Error("not allowed")) });
  press(media, "k");
  await Promise.resolve();
  expect(media.paused).toBe(true);
});

test("j and l add up, and stay within the film", () => {
  expect(press(film(), "ll").currentTime).toBe(50);
  expect(press(film(), "jjl").currentTime).toBe(20);
  expect(press(film(), "jjjj").currentTime).toBe(0);
  expect(press(film(), "llll").currentTime).toBe(60);
  expect(press(film({ duration: NaN }), "l").currentTime).toBe(40);
});

test("m mutes and unmutes, and makes a film with no volume heard", () => {
  expect(press(film(), "m").muted).toBe(true);
  expect(press(film(), "mm").muted).toBe(false);
  const silent = press(film({ volume: 0 }), "m");
  expect(silent.muted).toBe(false);
  expect(silent.volume).toBeGreaterThan(0);
});

test("c asks for captions, or for none", () => {
  const asked: ControlRequest[] = [];
  expect(pressKey("c", film(), (request) => asked.push(request))).toBe(true);
  expect(asked).toEqual(["mediatogglesubtitlesrequest"]);
});

test("other keys are left to the page", () => {
  expect(pressKey("f", film(), expect.unreachable)).toBe(false);
  expect(pressKey("K", film(), expect.unreachable)).toBe(false);
});
