// Starts the web app; on a page opened on a film, after the film.
import "./index.css";

/** How long a page opened on a film lets the film's first picture go ahead of its own code. */
const filmFirstMs = 600;

await Promise.race([
  window.mutoscopeEarlyVideo?.shown ?? Promise.resolve(),
  new Promise((resolve) => setTimeout(resolve, filmFirstMs)),
]);
const { draw } = await import("./app/draw");
draw();
