// Runs before the first paint, as an external file because the content-security-policy forbids inline scripts:
// sets light or dark, and on a watch page asks for the video and the player's code at once.
(function () {
  var stored = null;
  var session = null;
  try {
    stored = localStorage.getItem("mutoscope.theme");
    session = JSON.parse(localStorage.getItem("mutoscope.session") || "null");
  } catch {
    // Storage can be switched off; then the system decides.
  }
  var dark =
    stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);

  var match = /^\/watch\/([^/]+)\/?$/.exec(location.pathname);
  if (!match) return;
  var files = __WATCH_FILES__;
  files.preload.forEach(function (href) {
    preload("modulepreload", href);
  });
  // With a session that has to be renewed first, the app asks by itself.
  if (session && session.expires_at_ms < Date.now() + 5000) return;
  window.mutoscopeEarlyVideo = {
    id: decodeURIComponent(match[1]),
    taken: false,
    answer: fetch("/api/v1/videos/" + match[1], { credentials: "same-origin" }).then(
      function (response) {
        return response.json().then(function (body) {
          if (response.ok && body.hls_url) preload("preload", body.hls_url);
          return { status: response.status, body: body };
        });
      },
    ),
  };

  // The playlist, too, is on its way before the player's code has run.
  function preload(rel, href) {
    var link = document.createElement("link");
    link.rel = rel;
    if (rel === "preload") link.as = "fetch";
    link.crossOrigin = "anonymous";
    link.href = href;
    document.head.append(link);
  }

  // Whoever takes the answer sees the failure; until then it is nobody's.
  window.mutoscopeEarlyVideo.answer.catch(function () {});
  // The part of the player that fetches the film begins as soon as it is here.
  if (files.playback) {
    window.mutoscopePlayback = import(files.playback).then(
      function () {},
      function () {},
    );
  }
})();
