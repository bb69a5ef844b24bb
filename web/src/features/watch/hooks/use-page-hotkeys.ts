// The player's letter keys work wherever on the page the focus is, except where letters are typed.
import { useEffect } from "react";

const keys = new Set(["k", "j", "l", "m", "f"]);

export function usePageHotkeys(controller: HTMLElement | null): void {
  useEffect(() => {
    if (!controller) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!keys.has(event.key) || isTyping(event.target)) return;
      if (event.target instanceof Node && controller.contains(event.target)) return;
      event.preventDefault();
      // media-chrome acts on the release of a key that went down on the controller.
      for (const type of ["keydown", "keyup"]) {
        controller.dispatchEvent(new KeyboardEvent(type, { key: event.key, code: event.code }));
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [controller]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable], [role=menu], [role=dialog]") !== null
  );
}
