// The player's letter keys work wherever on the page the focus is, except where letters are typed.
import { useEffect } from "react";
import { type ControlRequest, type KeyedMedia, pressKey } from "../lib/press-key";

/** Held down, these go on. */
const repeating = new Set(["j", "l"]);

export function usePageHotkeys(controller: HTMLElement | null, media: KeyedMedia | null): void {
  useEffect(() => {
    if (!controller || !media) return;
    const ask = (request: ControlRequest) =>
      whenAlive(controller, () => controller.dispatchEvent(new CustomEvent(request)));
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
        const { key, code } = event;
        whenAlive(controller, () => {
          for (const type of ["keydown", "keyup"]) {
            controller.dispatchEvent(new KeyboardEvent(type, { key, code }));
          }
        });
      }
    };
    document.addEventListener("keydown", onKeyDown, { capture: true });
    return () => document.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [controller, media]);
}

/** At once where the controls are there already; else when their code is, so that an early key is not lost. */
function whenAlive(controller: HTMLElement, act: () => void): void {
  const name = controller.localName;
  if (!name.includes("-") || customElements.get(name)) act();
  // A task later it knows its film, too.
  else void customElements.whenDefined(name).then(() => setTimeout(act));
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
