//! `PUT auth/password`

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::accounts::test_app::{PASSWORD, on_both};

const PASSWORD_PATH: &str = "/api/v1/auth/password";

#[tokio::test]
async fn a_new_password_counts_at_once_and_signs_out_everywhere_else() {
    on_both(|app| async move {
        let here = app.register("ada").await;
        let there = app.login("ada", PASSWORD).await.person(StatusCode::OK);
        let change = json!({"current_password": PASSWORD, "new_password": "quite another one"});
        app.call(&here, Method::PUT, PASSWORD_PATH, change).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&here.access).await, StatusCode::OK);
        assert_eq!(app.me(&there.access).await, StatusCode::UNAUTHORIZED);
        app.login("ada", PASSWORD).await.refused(401, "wrong_credentials");
        app.login("ada", "quite another one").await.person(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_current_password_must_be_known_and_guesses_at_it_run_out() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let short = json!({"current_password": PASSWORD, "new_password": "short"});
        let problem = app.call(&ada, Method::PUT, PASSWORD_PATH, short).await.refused(422, "invalid_field");
        assert_eq!(problem["field"], "new_password");
        let wrong = json!({"current_password": "not this one", "new_password": "quite another one"});
        for _ in 0..10 {
            let problem =
                app.call(&ada, Method::PUT, PASSWORD_PATH, wrong.clone()).await.refused(403, "wrong_password");
            assert_eq!(problem["field"], "current_password");
        }
        app.call(&ada, Method::PUT, PASSWORD_PATH, wrong).await.refused(429, "too_many_requests");
    })
    .await;
}
