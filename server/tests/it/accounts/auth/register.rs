//! `POST auth/register`

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::accounts::test_app::{Answer, on_both, on_both_with, registration};

const REGISTER: &str = "/api/v1/auth/register";

#[tokio::test]
async fn the_first_account_is_the_administrator_and_the_next_is_not() {
    on_both(|app| async move {
        let config = app.get("/api/v1/config").await.expect(StatusCode::OK);
        assert_eq!(config["first_account"], true);
        let first = app.post(REGISTER, registration("Ada")).await;
        let body = first.expect(StatusCode::CREATED);
        assert_eq!(body["user"]["role"], "admin");
        assert_eq!((&body["user"]["username"], &body["user"]["handle"]), (&json!("Ada"), &json!("ada")));
        assert_eq!(body["expires_in_s"], 600);
        assert_eq!(first.headers["cache-control"], "no-store");
        assert!(first.cookies().is_empty());
        let second = app.post(REGISTER, registration("grace")).await.expect(StatusCode::CREATED);
        assert_eq!(second["user"]["role"], "member");
        assert_eq!(app.get("/api/v1/config").await.json()["first_account"], false);
    })
    .await;
}

#[tokio::test]
async fn of_many_who_are_first_at_once_one_is_the_administrator() {
    on_both(|app| async move {
        let names: Vec<String> = (0..12).map(|i| format!("user{i}")).collect();
        let calls = names.iter().map(|name| app.post(REGISTER, registration(name)));
        let answers: Vec<Answer> = futures::future::join_all(calls).await;
        let roles: Vec<Value> = answers.iter().map(|a| a.expect(StatusCode::CREATED)["user"]["role"].clone()).collect();
        assert_eq!(roles.iter().filter(|role| **role == "admin").count(), 1, "{roles:?}");
    })
    .await;
}

#[tokio::test]
async fn a_name_or_an_address_is_there_once_whatever_its_case() {
    on_both(|app| async move {
        app.register("Ada").await;
        let mut same_name = registration("ADA");
        same_name["email"] = json!("other@example.org");
        let problem = app.post(REGISTER, same_name).await.refused(409, "username_taken");
        assert_eq!(problem["field"], "username");
        let mut same_address = registration("grace");
        same_address["email"] = json!("ADA@Example.Org");
        let problem = app.post(REGISTER, same_address).await.refused(409, "email_taken");
        assert_eq!(problem["field"], "email");
        // The full-width letters fold to the same name (NFKC).
        let mut wide = registration("x");
        wide["username"] = json!("\u{ff21}\u{ff44}\u{ff41}");
        app.post(REGISTER, wide).await.refused(409, "username_taken");
    })
    .await;
}

#[tokio::test]
async fn the_field_at_fault_is_named() {
    on_both(|app| async move {
        for (field, value) in [
            ("username", json!("a")),
            ("username", json!("two words")),
            ("username", json!("ada\u{200b}")),
            ("email", json!("nobody")),
            ("password", json!("short")),
            ("password", json!("x".repeat(257))),
            ("password", json!(12_345_678)),
            ("username", Value::Null),
        ] {
            let mut body = registration("ada");
            body[field] = value.clone();
            let problem = app.post(REGISTER, body).await.refused(422, "invalid_field");
            assert_eq!(problem["field"], field, "{value}");
        }
        let problem = app.post(REGISTER, json!({"username": "ada", "email": "a@b.c"})).await;
        assert_eq!(problem.refused(422, "invalid_field")["field"], "password");
        assert_eq!(app.get("/api/v1/config").await.json()["first_account"], true);
    })
    .await;
}

#[tokio::test]
async fn a_closed_platform_takes_its_first_account_and_no_other() {
    on_both_with(&[("registration", "closed")], |app| async move {
        app.register("ada").await;
        app.post(REGISTER, registration("grace")).await.refused(403, "registration_closed");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_lets_one_person_in() {
    on_both_with(&[("registration", "invite")], |app| async move {
        let admin = app.register("ada").await;
        app.post(REGISTER, registration("grace")).await.refused(403, "invitation_needed");
        let mut wrong = registration("grace");
        wrong["invitation"] = json!("made up");
        app.post(REGISTER, wrong).await.refused(403, "invitation_invalid");

        let path = "/api/v1/admin/invitations";
        let made = app.call(&admin, Method::POST, path, json!({"note": "for Grace"})).await.expect(StatusCode::CREATED);
        let code = made["code"].as_str().unwrap();
        // A registration that fails for another reason does not use it up.
        let mut taken = registration("ada");
        taken["invitation"] = json!(code);
        app.post(REGISTER, taken).await.refused(409, "username_taken");

        let bodies: Vec<Value> = (0..8)
            .map(|i| {
                let mut body = registration(&format!("guest{i}"));
                body["invitation"] = json!(code);
                body
            })
            .collect();
        let answers = futures::future::join_all(bodies.into_iter().map(|body| app.post(REGISTER, body))).await;
        let let_in = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
        assert_eq!(let_in, 1);
        for answer in answers.iter().filter(|answer| answer.status != StatusCode::CREATED) {
            answer.refused(403, "invitation_invalid");
        }
        let listed = app.call(&admin, Method::GET, path, Value::Null).await.expect(StatusCode::OK);
        let invitation = &listed["invitations"][0];
        assert!(invitation["used_by"].as_str().unwrap().starts_with("guest"));
        assert_eq!(invitation["code"], Value::Null, "a code is shown once");
    })
    .await;
}
