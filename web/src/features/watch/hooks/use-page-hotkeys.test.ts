// Where on the page the player's keys are heard, and where not.
import { renderHook } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { usePageHotkeys } from "./use-page-hotkeys";

afterEach(() => document.body.replaceChildren());

function page() {
  document.body.innerHTML = `<input aria-label="Search"><div id="player"><button>Mute</button></div>`;
  const player = document.querySelector<HTMLElement>("#player") as HTMLElement;
  const seen: string[] = [];
  player.addEventListener("keydown", (event) => seen.push(event.key));
  const media = {
    paused: false,
    currentTime: 30,
    duration: 60,
    muted: false,
    volume: 1,
    play() {
      this.paused = false;
      return Promise.resolve();
    },
    pause() {
      this.paused = true;
    },
  };
  player.addEventListener("mediamuterequest", () => void (media.muted = true));
  player.addEventListener("mediaunmuterequest", () => void (media.muted = false));
  renderHook(() => usePageHotkeys(player, media));
  return { media, seen, person: userEvent.setup() };
}

test("two quick presses pause and play on", async () => {
  const { media, person } = page();
  await person.keyboard("k");
  expect(media.paused).toBe(true);
  await person.keyboard("k");
  expect(media.paused).toBe(false);
});

test("with the focus inside the player, a key is heard once", async () => {
  const { media, seen, person } = page();
  document.querySelector("button")?.focus();
  await person.keyboard("kl");
  expect(media.paused).toBe(true);
  expect(media.currentTime).toBe(40);
  expect(seen).toEqual([]);
});

test("the key for the full screen is passed on to the player", async () => {
  const { seen, person } = page();
  await person.keyboard("f");
  expect(seen).toEqual(["f"]);
});

test("a letter typed into a field is only a letter", async () => {
  const { media, person } = page();
  document.querySelector("input")?.focus();
  await person.keyboard("kjm");
  expect(document.querySelector("input")).toHaveValue("kjm");
  expect(media.paused).toBe(false);
  expect(media.currentTime).toBe(30);
});

test("a key held down mutes once", async () => {
  const { media, person } = page();
  await person.keyboard("{m>4/}");
  expect(media.muted).toBe(true);
});

test("a key pressed before the controls are there is heard when they are", async () => {
  document.body.innerHTML = "<late-player></late-player>";
  const player = document.querySelector<HTMLElement>("late-player") as HTMLElement;
  const media = { paused: false, currentTime: 0, duration: 60, muted: false, volume: 1, play: () => Promise.resolve(), pause() {} };
  renderHook(() => usePageHotkeys(player, media));
  await userEvent.setup().keyboard("c");
  const asked: string[] = [];
  customElements.define(
    "late-player",
    class extends HTMLElement {
      constructor() {
        super();
        this.addEventListener("mediatogglesubtitlesrequest", (event) => asked.push(event.type));
      }
    },
  );
  await vi.waitFor(() => expect(asked).toEqual(["mediatogglesubtitlesrequest"]));
});
