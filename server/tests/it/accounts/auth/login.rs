//! `POST auth/login`

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::accounts::test_app::{PASSWORD, on_both};

#[tokio::test]
async fn one_signs_in_by_name_or_address_in_any_case() {
    on_both(|app| async move {
        app.register("Ada").await;
        for login in ["ada", "ADA", " Ada ", "ada@example.org", "ADA@EXAMPLE.ORG"] {
            let person = app.login(login, PASSWORD).await.person(StatusCode::OK);
            assert_eq!(app.me(&person.access).await, StatusCode::OK, "{login}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_name_is_answered_as_a_wrong_password_is() {
    on_both(|app| async move {
        app.register("ada").await;
        let told = |mut problem: Value| {
            problem["request_id"] = Value::Null;
            problem
        };
        let wrong = told(app.login("ada", "not the password").await.refused(401, "wrong_credentials"));
        for (login, password) in [
            ("nobody", "not the password"),
            ("nobody@example.org", "not the password"),
            ("", ""),
            ("ada\0", PASSWORD),
            ("%", PASSWORD),
            ("ada", ""),
            ("ada", &"x".repeat(100_000)),
            (&"y".repeat(100_000), PASSWORD),
        ] {
            assert_eq!(told(app.login(login, password).await.refused(401, "wrong_credentials")), wrong);
        }
    })
    .await;
}

#[tokio::test]
async fn a_blocked_account_is_told_so_to_those_who_know_its_password() {
    on_both(|app| async move {
        let admin = app.register("ada").await;
        let grace = app.register("grace").await;
        let path = format!("/api/v1/admin/users/{}", grace.id);
        app.call(&admin, Method::PATCH, &path, json!({"blocked": true})).await.expect(StatusCode::OK);
        assert_eq!(app.me(&grace.access).await, StatusCode::UNAUTHORIZED, "at once");
        app.refresh(&grace.refresh).await.refused(401, "invalid_refresh_token");
        app.login("grace", PASSWORD).await.refused(403, "account_blocked");
        app.login("grace", "wrong password").await.refused(401, "wrong_credentials");
        app.call(&admin, Method::PATCH, &path, json!({"blocked": false})).await.expect(StatusCode::OK);
        app.login("grace", PASSWORD).await.person(StatusCode::OK);
        assert_eq!(app.me(&grace.access).await, StatusCode::UNAUTHORIZED, "what was ended stays ended");
    })
    .await;
}

#[tokio::test]
async fn guesses_run_out_and_the_answer_says_when_to_come_back() {
    on_both(|app| async move {
        app.register("ada").await;
        app.register("grace").await;
        // Name and address are one account: guesses at both count together.
        for i in 0..10 {
            let login = if i % 2 == 0 { "ada" } else { "ada@example.org" };
            app.login(login, "a wrong guess").await.refused(401, "wrong_credentials");
        }
        let refused = app.login("ada", PASSWORD).await;
        refused.refused(429, "too_many_requests");
        let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        app.login("grace", PASSWORD).await.person(StatusCode::OK);
        // A name that nobody has runs out as soon.
        for _ in 0..10 {
            app.login("nobody", "a wrong guess").await.refused(401, "wrong_credentials");
        }
        app.login("nobody", "a wrong guess").await.refused(429, "too_many_requests");
    })
    .await;
}

#[tokio::test]
async fn more_than_can_be_hashed_at_once_wait_or_are_told_to_come_back() {
    on_both(|app| async move {
        app.register("ada").await;
        let names: Vec<String> = (0..120).map(|i| format!("someone{i}")).collect();
        let answers = futures::future::join_all(names.iter().map(|name| app.login(name, "a wrong guess"))).await;
        for answer in answers {
            match answer.status.as_u16() {
                401 => drop(answer.refused(401, "wrong_credentials")),
                _ => {
                    answer.refused(429, "too_many_requests");
                    assert!(answer.headers.contains_key("retry-after"));
                }
            }
        }
    })
    .await;
}
