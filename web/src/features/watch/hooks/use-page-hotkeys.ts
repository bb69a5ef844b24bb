// The player's letter keys work wherever on the page the focus is, except where letters are typed.
import { useEffect } from "react";
import { type ControlRequest, type KeyedMedia, pressKey } from "../lib/press-key";

/** Held down, these go on. */
const repeating = new Set(["j", "l"]);

export function usePageHotkeys(controller: HTMLElement | null, media: KeyedMedia | null): void {
  useEffect(() => {
    if (!controller || !media) return;
    const ask = (request: ControlRequest) => controller.dispatchEvent(new CustomEvent(request));
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target)) return;
      if (event.repeat && !repeating.has(event.key)) return;
      if (pressKey(event.key, media, ask)) {
        event.preventDefault();
        // media-chrome has keys of the same names, for when the focus is inside it.
        event.stopPropagation();
      } else if (event.key === "f" && !isInside(controller, event.target)) {
        event.preventDefault();
        // media-chrome acts on the release of a key that went down on the controller.
        for (const type of ["keydown", "keyup"]) {
          controller.dispatchEvent(new KeyboardEvent(type, { key: event.key, code: event.code }));
        }
      }
    };
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => document.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [controller, media]);
}

function isInside(controller: HTMLElement, target: EventTarget | null): boolean {
  return target instanceof Node && controller.contains(target);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=alertdialog]") !== null
  );
}
