//! `admin/users` and `admin/invitations`

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::test_app::{PASSWORD, on_both};

const USERS: &str = "/api/v1/admin/users";
const INVITATIONS: &str = "/api/v1/admin/invitations";

#[tokio::test]
async fn the_pages_are_for_administrators_alone() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let grace = app.register("grace").await;
        let user = format!("{USERS}/{}", ada.id);
        for (method, path, body) in [
            (Method::GET, USERS, Value::Null),
            (Method::GET, INVITATIONS, Value::Null),
            (Method::POST, INVITATIONS, json!({})),
            (Method::PATCH, &user, json!({"blocked": true})),
            (Method::DELETE, &user, Value::Null),
            (Method::PUT, &format!("{user}/password"), json!({"password": PASSWORD})),
            (Method::POST, &format!("{user}/password-reset"), Value::Null),
        ] {
            app.call(&grace, method.clone(), path, body.clone()).await.refused(403, "administrators_only");
            let mut nobody = grace.clone();
            nobody.access.clear();
            let answer = app.request(method, path).json(&body);
            super::test_app::Answer::of(answer).await.refused(401, "not_signed_in");
        }
    })
    .await;
}

#[tokio::test]
async fn users_are_listed_in_pages_and_found_by_name_or_address() {
    on_both(|app| async move {
        let admin = app.register("ada").await;
        for i in 0..5 {
            app.register(&format!("user_{i}")).await;
        }
        let mut names = Vec::new();
        let mut path = format!("{USERS}?limit=4");
        loop {
            let page = app.call(&admin, Method::GET, &path, Value::Null).await.expect(StatusCode::OK);
            let users = page["users"].as_array().unwrap().clone();
            names.extend(users.iter().map(|user| user["username"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{USERS}?limit=4&cursor={cursor}");
        }
        assert_eq!(names, ["user_4", "user_3", "user_2", "user_1", "user_0", "ada"]);

        let found = async |q: &str| {
            let page = app.call(&admin, Method::GET, &format!("{USERS}?q={q}"), Value::Null).await;
            page.expect(StatusCode::OK)["users"].as_array().unwrap().len()
        };
        assert_eq!(found("USER_3").await, 1);
        assert_eq!(found("user_3@EXAMPLE").await, 1);
        assert_eq!(found("er_").await, 5);
        assert_eq!(found("%25").await, 0, "a percent sign is no wild card");
        assert_eq!(found("%27%22%3B--").await, 0);
        for (bad, field) in [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor")]
        {
            let answer = app.call(&admin, Method::GET, &format!("{USERS}?{bad}"), Value::Null).await;
            assert!(answer.status.is_client_error(), "{bad}");
            assert_eq!(answer.json()["field"], field, "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn roles_and_quotas_are_changed_one_by_one() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let grace = app.register("grace").await;
        let path = format!("{USERS}/{}", grace.id);
        let change = async |body: Value| app.call(&ada, Method::PATCH, &path, body).await;
        let user = change(json!({"quota_bytes": 1000})).await.expect(StatusCode::OK);
        assert_eq!((&user["quota_bytes"], &user["role"]), (&json!(1000), &json!("member")));
        let user = change(json!({"role": "admin"})).await.expect(StatusCode::OK);
        assert_eq!((&user["quota_bytes"], &user["role"]), (&json!(1000), &json!("admin")));
        app.call(&grace, Method::GET, USERS, Value::Null).await.expect(StatusCode::OK);
        let user = change(json!({"quota_bytes": null, "role": "member"})).await.expect(StatusCode::OK);
        assert_eq!((&user["quota_bytes"], &user["role"]), (&Value::Null, &json!("member")));
        app.call(&grace, Method::GET, USERS, Value::Null).await.refused(403, "administrators_only");
        assert_eq!(change(json!({"quota_bytes": -1})).await.refused(422, "invalid_field")["field"], "quota_bytes");
        assert_eq!(change(json!({"role": "king"})).await.refused(422, "invalid_field")["field"], "role");
        let nobody = format!("{USERS}/01900000-0000-7000-8000-000000000000");
        app.call(&ada, Method::PATCH, &nobody, json!({"quota_bytes": 1})).await.refused(404, "not_found");
        app.call(&ada, Method::PATCH, &format!("{USERS}/1"), json!({})).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays_one_however_it_is_tried() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let grace = app.register("grace").await;
        let (of_ada, of_grace) = (format!("{USERS}/{}", ada.id), format!("{USERS}/{}", grace.id));
        for body in [json!({"role": "member"}), json!({"blocked": true})] {
            app.call(&ada, Method::PATCH, &of_ada, body).await.refused(409, "last_administrator");
        }
        app.call(&ada, Method::DELETE, &of_ada, Value::Null).await.refused(409, "last_administrator");
        app.call(&ada, Method::PATCH, &of_grace, json!({"role": "admin"})).await.expect(StatusCode::OK);
        // Two who demote each other at once: one of them stays.
        let (a, b) = tokio::join!(
            app.call(&ada, Method::PATCH, &of_grace, json!({"role": "member"})),
            app.call(&grace, Method::PATCH, &of_ada, json!({"role": "member"})),
        );
        let demoted = [&a, &b].into_iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(demoted, 1, "{} {}", a.text, b.text);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_set_or_made_for_someone_who_is_then_signed_out() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let grace = app.register("grace").await;
        let path = format!("{USERS}/{}", grace.id);
        let made = app.call(&ada, Method::POST, &format!("{path}/password-reset"), Value::Null).await;
        let password = made.expect(StatusCode::OK)["password"].as_str().unwrap().to_owned();
        assert_eq!(app.me(&grace.access).await, StatusCode::UNAUTHORIZED);
        app.login("grace", PASSWORD).await.refused(401, "wrong_credentials");
        app.login("grace", &password).await.person(StatusCode::OK);
        let set = json!({"password": "chosen by ada"});
        app.call(&ada, Method::PUT, &format!("{path}/password"), set).await.expect(StatusCode::NO_CONTENT);
        app.login("grace", "chosen by ada").await.person(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_deleted_by_an_administrator() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let grace = app.register("grace").await;
        let path = format!("{USERS}/{}", grace.id);
        app.call(&ada, Method::DELETE, &path, Value::Null).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(app.me(&grace.access).await, StatusCode::UNAUTHORIZED);
        app.call(&ada, Method::DELETE, &path, Value::Null).await.refused(404, "not_found");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_taken_back_before_it_is_used() {
    on_both(|app| async move {
        let ada = app.register("ada").await;
        let made = app.call(&ada, Method::POST, INVITATIONS, Value::Null).await.expect(StatusCode::CREATED);
        let path = format!("{INVITATIONS}/{}", made["id"].as_str().unwrap());
        app.call(&ada, Method::DELETE, &path, Value::Null).await.expect(StatusCode::NO_CONTENT);
        app.call(&ada, Method::DELETE, &path, Value::Null).await.refused(404, "not_found");
        let listed = app.call(&ada, Method::GET, INVITATIONS, Value::Null).await.expect(StatusCode::OK);
        assert!(listed["invitations"][0]["revoked_at"].is_string());
        for body in [json!({"expires_in_s": 1}), json!({"expires_in_s": 999_999_999}), json!({"note": "x".repeat(201)})]
        {
            app.call(&ada, Method::POST, INVITATIONS, body).await.refused(422, "invalid_field");
        }
    })
    .await;
}
