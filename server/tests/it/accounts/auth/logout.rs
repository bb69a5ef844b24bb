//! `POST auth/logout`

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::accounts::test_app::{Answer, PASSWORD, on_both};

const LOGOUT: &str = "/api/v1/auth/logout";

#[tokio::test]
async fn signing_out_ends_this_session_at_once_and_no_other() {
    on_both(|app| async move {
        let here = app.register("ada").await;
        let there = app.login("ada", PASSWORD).await.person(StatusCode::OK);
        app.call(&here, Method::POST, LOGOUT, Value::Null).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&here.access).await, StatusCode::UNAUTHORIZED);
        app.refresh(&here.refresh).await.refused(401, "invalid_refresh_token");
        assert_eq!(app.me(&there.access).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_alone_signs_out_and_nothing_at_all_is_no_failure() {
    on_both(|app| async move {
        let person = app.register("ada").await;
        app.post(LOGOUT, json!({"refresh_token": person.refresh})).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&person.access).await, StatusCode::UNAUTHORIZED);
        Answer::of(app.request(Method::POST, LOGOUT)).await.expect(StatusCode::NO_CONTENT);
        app.call(&person, Method::POST, LOGOUT, Value::Null).await.expect(StatusCode::NO_CONTENT);
    })
    .await;
}
