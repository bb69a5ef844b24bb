//! The embedded web app, and the API's own description.

use std::io::Read as _;

use reqwest::{Method, Response, StatusCode};

use super::test_app::{Answer, TestApp, on_both};

#[tokio::test]
async fn every_address_of_the_app_is_its_page_and_a_known_one_is_not_sent_again() {
    on_both(|app| async move {
        let page = app.get("/").await;
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers["cache-control"], "no-cache");
        for path in ["/watch/01900000-0000-7000-8000-000000000000", "/c/ada", "/search?q=x", "/%2e%2e/etc/passwd"] {
            assert_eq!(app.get(path).await.text, page.text, "{path}");
        }
        let known = app.request(Method::GET, "/").header("if-none-match", page.headers["etag"].clone());
        let known = Answer::of(known).await;
        assert_eq!((known.status, known.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        let head = Answer::of(app.request(Method::HEAD, "/")).await;
        assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
        app.get("/assets/none.js").await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_file_of_the_app_is_sent_as_its_build_compressed_it() {
    on_both(|app| async move {
        let page = app.get("/").await;
        let Some(style) = page.text.split('"').find(|part| part.starts_with("/assets/style-")) else {
            assert!(!page.text.contains("/assets/"), "a page without a style sheet: {}", page.text);
            eprintln!(
                "skipped: this server was built without the web app (scripts/web build), so nothing is compressed"
            );
            return;
        };
        let plain = asked(&app, style, "").await;
        assert_eq!(plain.headers().get("content-encoding"), None);
        assert_eq!(plain.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(plain.headers()["vary"], "accept-encoding");
        let (tag, whole) = (plain.headers()["etag"].clone(), plain.bytes().await.unwrap());

        for (takes, encoding) in [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0.1, gzip", "gzip")] {
            let answer = asked(&app, style, takes).await;
            assert_eq!(answer.headers()["content-encoding"], encoding);
            assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
            assert_eq!(answer.headers()["cache-control"], "public, max-age=31536000, immutable");
            assert_eq!(answer.headers()["etag"], tag);
            assert_eq!(answer.headers().get_all("vary").iter().collect::<Vec<_>>(), ["accept-encoding"]);
            // What is compressed while it is sent has no length yet.
            let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
            let sent = answer.bytes().await.unwrap();
            assert_eq!(sent.len(), length);
            assert!(length * 2 < whole.len(), "{length} of {}", whole.len());
            assert!(decoded(encoding, &sent) == whole, "{encoding} is another file");
        }
        let known = app.request(Method::GET, style).header("accept-encoding", "br").header("if-none-match", tag);
        let known = Answer::of(known).await;
        assert_eq!((known.status, known.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        assert_eq!(known.headers["vary"], "accept-encoding");
        // The forms have no addresses of their own.
        app.get(&format!("{style}.br")).await.refused(404, "not_found");
    })
    .await;
}

async fn asked(app: &TestApp, path: &str, takes: &str) -> Response {
    app.request(Method::GET, path).header("accept-encoding", takes).send().await.unwrap()
}

fn decoded(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    match encoding {
        "br" => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut whole),
        _ => flate2::read::GzDecoder::new(bytes).read_to_end(&mut whole),
    }
    .unwrap();
    whole
}

#[tokio::test]
async fn text_is_compressed_for_those_who_ask() {
    on_both(|app| async move {
        for (path, compressed) in [("/api/openapi.json", true), ("/api/docs/docs.js", true), ("/healthz", false)] {
            let request = app.request(Method::GET, path).header("accept-encoding", "br, gzip");
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers().contains_key("content-encoding"), compressed, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_page_of_the_api_needs_nothing_from_elsewhere() {
    on_both(|app| async move {
        let page = app.get("/api/docs").await;
        page.headers["content-type"].to_str().unwrap();
        for forbidden in ["https://", "<style", "onload=", "javascript:"] {
            assert!(!page.text.contains(forbidden), "{forbidden}");
        }
        assert!(!page.text.contains("<script>"));
        for part in page.text.split('"').filter(|part| part.starts_with("/api/docs/")) {
            assert_eq!(app.get(part).await.status, StatusCode::OK, "{part}");
        }
    })
    .await;
}
