// Starts the web app.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import "./index.css";

/** How long a page opened on a film lets the film's first requests go ahead of its own drawing. */
const filmFirstMs = 150;

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

await Promise.race([
  window.mutoscopePlayback ?? Promise.resolve(),
  new Promise((resolve) => setTimeout(resolve, filmFirstMs)),
]);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
