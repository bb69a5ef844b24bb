//! The embedded web app, and the API's own description.

use reqwest::{Method, StatusCode};

use super::test_app::{Answer, on_both};

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
