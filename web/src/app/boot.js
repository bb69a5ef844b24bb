// Runs before the first paint, as an external file because the content-security-policy forbids inline scripts:
// sets light or dark, asks for the app's code, and on a watch page, before that, for the video and what plays it.
(function () {
  var files = __BOOT_FILES__;
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
  // With a session that has to be renewed first, the app asks by itself.
  if (match && !(session && session.expires_at_ms < Date.now() + 5000)) begin(match[1]);
  files.app.concat(match ? files.watch : []).forEach(function (href) {
    preload("script", href);
  });

  function begin(id) {
    var early = {
      id: decodeURIComponent(id),
      taken: false,
      answer: fetch("/api/v1/videos/" + id, { credentials: "same-origin" }).then(function (response) {
        return response.json().then(function (body) {
          // The playlist, too, is on its way before the player's code has run.
          if (response.ok && body.hls_url) preload("fetch", body.hls_url);
          return { status: response.status, body: body };
        });
      }),
    };
    // Whoever takes the answer sees the failure; until then it is nobody's.
    early.answer.catch(function () {});
    window.mutoscopeEarlyVideo = early;
    // The part of the player that fetches the film begins as soon as it is here, and says when a picture is there.
    if (files.playback) {
      early.shown = new Promise(function (resolve) {
        early.markShown = resolve;
      });
      import(files.playback).catch(early.markShown);
    }
  }

  // Fetched only: what modulepreload also compiles would hold back the film.
  function preload(as, href) {
    var link = document.createElement("link");
    link.rel = "preload";
    link.as = as;
    link.crossOrigin = "anonymous";
    link.href = href;
    document.head.append(link);
  }
})();
