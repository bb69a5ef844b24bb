//! Access tokens that are not ours, over HTTP; every claim by itself is tested beside `auth::token`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::accounts::test_app::{Answer, TestApp, on_both};

const ME: &str = "/api/v1/auth/me";

async fn refuse(app: &TestApp, authorization: &str) {
    let request = app.request(Method::GET, ME).header("authorization", authorization);
    Answer::of(request).await.refused(401, "invalid_token");
    // Where a stranger would be served too, a forged token is an error all the same.
    let request = app.request(Method::GET, "/api/v1/videos").header("authorization", authorization);
    Answer::of(request).await.refused(401, "invalid_token");
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let parts: Vec<&str> = ada.access.split('.').collect();
        let header: Value = serde_json::from_slice(&BASE64.decode(parts[0]).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&BASE64.decode(parts[1]).unwrap()).unwrap();
        assert_eq!((&header["alg"], &header["typ"]), (&json!("HS256"), &json!("at+jwt")));
        let part = |value: &Value| BASE64.encode(value.to_string());

        let mut unsigned = header.clone();
        unsigned["alg"] = json!("none");
        refuse(&app, &format!("Bearer {}.{}.", part(&unsigned), parts[1])).await;
        refuse(&app, &format!("Bearer {}.{}.{}", part(&unsigned), parts[1], parts[2])).await;

        let mut other = claims.clone();
        other["sub"] = json!("01900000-0000-7000-8000-000000000000");
        refuse(&app, &format!("Bearer {}.{}.{}", parts[0], part(&other), parts[2])).await;

        let mut path_for_kid = header.clone();
        path_for_kid["kid"] = json!("../../etc/passwd");
        refuse(&app, &format!("Bearer {}.{}.{}", part(&path_for_kid), parts[1], parts[2])).await;

        for text in ["Bearer", "Bearer ", "Basic YWRhOng=", "Bearer x", &format!("Bearer {}x", ada.access)] {
            refuse(&app, text).await;
        }
        assert_eq!(app.me(&ada.access).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn without_a_token_one_is_asked_to_sign_in() {
    on_both(|app| async move {
        app.get(ME).await.refused(401, "not_signed_in");
    })
    .await;
}
