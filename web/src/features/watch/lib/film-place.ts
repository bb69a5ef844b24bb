// Where the film is shown before the app is drawn: over the page, exactly where the player will be.

/** Puts the film where the player will be, and gives what has to be removed when the player has taken it. */
export function placeFirst(film: HTMLElement): HTMLElement {
  const header = box("page-header-row box-content border-b border-transparent");
  const main = box("page-main", box("watch-grid", box("min-w-0", box("film-frame", film))));
  const place = box("film-first", header, main);
  document.body.append(place);
  return place;
}

function box(className: string, ...children: HTMLElement[]): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  element.append(...children);
  return element;
}
