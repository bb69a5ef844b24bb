//! What every answer carries, whoever gives it.

use reqwest::{Method, header::HeaderMap};

use super::test_app::{Answer, on_both};

/// The headers, sorted, those that differ each time left out.
fn shown(headers: &HeaderMap) -> String {
    let mut lines: Vec<String> = headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "content-length", "etag"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines.join("\n")
}

#[tokio::test]
async fn the_usual_headers_are_on_every_kind_of_answer() {
    on_both(|app| async move {
        let answer = app.get("/api/v1/config").await;
        insta::assert_snapshot!("headers_of_an_answer", shown(&answer.headers));
        insta::assert_snapshot!("headers_of_a_failure", shown(&app.get("/api/v1/auth/me").await.headers));
        insta::assert_snapshot!("headers_of_the_app", shown(&app.get("/watch/1").await.headers));
        for (method, path) in [
            (Method::GET, "/healthz"),
            (Method::GET, "/metrics"),
            (Method::GET, "/api/docs"),
            (Method::GET, "/api/docs/docs.js"),
            (Method::GET, "/api/openapi.json"),
            (Method::GET, "/api/nowhere"),
            (Method::DELETE, "/"),
            (Method::POST, "/healthz"),
        ] {
            let answer = Answer::of(app.request(method, path)).await;
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(answer.headers["x-request-id"].len(), 32, "{path}");
            assert!(!answer.headers.contains_key("server"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_can_not_choose_the_name_of_its_request() {
    on_both(|app| async move {
        let request = app.request(Method::GET, "/healthz").header("x-request-id", "mine");
        assert_ne!(Answer::of(request).await.headers["x-request-id"], "mine");
    })
    .await;
}
