//! Requests that are not as they should be.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::test_app::{Answer, on_both, registration};

const LOGIN: &str = "/api/v1/auth/login";

#[tokio::test]
async fn a_body_is_json_of_the_right_shape_and_size() {
    on_both(|app| async move {
        let post = |body: String| app.request(Method::POST, LOGIN).body(body);
        let json = |body: String| post(body).header("content-type", "application/json");
        Answer::of(post("{}".to_owned())).await.refused(415, "unsupported_media_type");
        let form = post("login=a".to_owned()).header("content-type", "application/x-www-form-urlencoded");
        Answer::of(form).await.refused(415, "unsupported_media_type");
        for text in ["", "{", "nul", "{\"login\": \"\\ud800\"}", "{\"login\":\"a\",\"password\":\"b\"} x", "\u{feff}{}"]
        {
            Answer::of(json(text.to_owned())).await.refused(400, "invalid_request");
        }
        for text in ["[]", "null", "1", "\"x\""] {
            Answer::of(json(text.to_owned())).await.refused(422, "invalid_field");
        }
        let deep = "[".repeat(100_000);
        let answer = Answer::of(json(deep)).await;
        assert!(answer.status.is_client_error(), "{}", answer.text);
        let huge = json!({"login": "x".repeat(600_000), "password": "y"}).to_string();
        Answer::of(json(huge)).await.refused(413, "body_too_large");
        let charset = post(registration("ada").to_string()).header("content-type", "Application/JSON; charset=utf-8");
        Answer::of(charset).await.refused(422, "invalid_field");
    })
    .await;
}

#[tokio::test]
async fn an_address_or_a_method_that_is_not_there_is_told_as_a_problem() {
    on_both(|app| async move {
        app.get("/api/v1/nothing").await.refused(404, "not_found");
        app.get("/api").await.refused(404, "not_found");
        app.get("/api/v1/videos/not-an-id").await.refused(404, "not_found");
        let answer = Answer::of(app.request(Method::PATCH, LOGIN)).await;
        answer.refused(405, "method_not_allowed");
        assert_eq!(answer.headers["allow"], "POST");
    })
    .await;
}

/// PostgreSQL takes no NUL in a text, and that is nobody's fault but the sender's.
#[tokio::test]
async fn a_nul_is_no_fault_of_ours() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        for path in [
            "/api/v1/channels/%00",
            "/api/v1/channels/a%00da",
            "/api/v1/search?q=a%00",
            "/api/v1/search/suggestions?q=a%00",
            "/api/v1/videos?cursor=%00",
            "/api/v1/videos/%00",
            "/api/v1/admin/users?q=%00",
            "/api/v1/me/videos?sort=%00",
        ] {
            let answer = app.call(&ada, Method::GET, path, serde_json::Value::Null).await;
            // Search answers 503 here: no consumer feeds its index.
            assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}: {}", answer.text);
        }
        for body in [json!({"note": "a\u{0}"}), json!({"note": "a\nb"})] {
            app.call(&ada, Method::POST, "/api/v1/admin/invitations", body).await.refused(422, "invalid_field");
        }
        let mut body = registration("grace");
        body["invitation"] = json!("\u{0}");
        app.post("/api/v1/auth/register", body).await.expect(StatusCode::CREATED);
        app.refresh("\u{0}").await.refused(401, "invalid_refresh_token");
    })
    .await;
}

#[tokio::test]
async fn headers_without_end_are_refused_before_they_are_kept() {
    on_both(|app| async move {
        let request = app.request(Method::GET, "/healthz").header("x-long", "x".repeat(200_000));
        // The connection may be closed before the request is read to its end.
        if let Ok(response) = request.send().await {
            assert_eq!(response.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
        assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    })
    .await;
}
