//! `me` and `me/sessions`

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::test_app::{Answer, PASSWORD, on_both};

const SESSIONS: &str = "/api/v1/me/sessions";

#[tokio::test]
async fn one_sees_ones_devices_and_signs_out_one_or_all_others() {
    on_both(|app| async move {
        let request = app.request(Method::POST, "/api/v1/auth/register").header("user-agent", "A browser/1");
        let here = Answer::of(request.json(&super::test_app::registration("ada"))).await.person(StatusCode::CREATED);
        let there = app.login("ada", PASSWORD).await.person(StatusCode::OK);
        let third = app.login("ada", PASSWORD).await.person(StatusCode::OK);
        let stranger = app.register("grace").await;

        let listed = app.call(&here, Method::GET, SESSIONS, Value::Null).await.expect(StatusCode::OK);
        let sessions = listed["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 3);
        let current: Vec<&Value> = sessions.iter().filter(|session| session["current"] == true).collect();
        assert_eq!(current.len(), 1);
        assert_eq!(current[0]["user_agent"], "A browser/1");
        assert_eq!(current[0]["address"], "127.0.0.1");

        // The newest first: `third` has signed in last.
        let path = format!("{SESSIONS}/{}", sessions[0]["id"].as_str().unwrap());
        app.call(&stranger, Method::DELETE, &path, Value::Null).await.refused(404, "not_found");
        app.call(&here, Method::DELETE, &path, Value::Null).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&third.access).await, StatusCode::UNAUTHORIZED);
        app.call(&here, Method::DELETE, &path, Value::Null).await.refused(404, "not_found");

        app.call(&here, Method::DELETE, SESSIONS, Value::Null).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&here.access).await, StatusCode::OK);
        assert_eq!(app.me(&there.access).await, StatusCode::UNAUTHORIZED);
        assert_eq!(app.me(&stranger.access).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn an_account_goes_with_its_videos_and_its_name_is_free_again() {
    on_both(|app| async move {
        let admin = app.register("ada").await;
        let grace = app.register("grace").await;
        let upload = json!({"file_name": "a.mp4", "size_bytes": 10, "title": "A film", "privacy": "public"});
        let upload = app.call(&grace, Method::POST, "/api/v1/uploads", upload).await.expect(StatusCode::CREATED);
        let video = format!("/api/v1/videos/{}", upload["video_id"].as_str().unwrap());

        let wrong = json!({"password": "not this one"});
        app.call(&grace, Method::DELETE, "/api/v1/me", wrong).await.refused(403, "wrong_password");
        let right = json!({"password": PASSWORD});
        app.call(&grace, Method::DELETE, "/api/v1/me", right.clone()).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&grace.access).await, StatusCode::UNAUTHORIZED);
        app.login("grace", PASSWORD).await.refused(401, "wrong_credentials");
        app.call(&admin, Method::GET, &video, Value::Null).await.refused(404, "not_found");
        app.get("/api/v1/channels/grace").await.refused(404, "not_found");
        app.register("grace").await;

        app.call(&admin, Method::DELETE, "/api/v1/me", right).await.refused(409, "last_administrator");
        assert_eq!(app.me(&admin.access).await, StatusCode::OK);
    })
    .await;
}
