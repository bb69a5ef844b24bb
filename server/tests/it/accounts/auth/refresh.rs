//! `POST auth/refresh`

use reqwest::StatusCode;
use serde_json::json;

use crate::accounts::test_app::on_both;

#[tokio::test]
async fn each_exchange_gives_the_next_pair_of_the_same_session() {
    on_both(|app| async move {
        let first = app.register("ada").await;
        let second = app.refresh(&first.refresh).await.person(StatusCode::OK);
        assert_ne!(first.refresh, second.refresh);
        let third = app.refresh(&second.refresh).await.person(StatusCode::OK);
        assert_eq!(app.me(&first.access).await, StatusCode::OK, "an access token is good for its time");
        assert_eq!(app.me(&third.access).await, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_comes_back_ends_its_session_with_the_token_that_followed() {
    on_both(|app| async move {
        let first = app.register("ada").await;
        let second = app.refresh(&first.refresh).await.person(StatusCode::OK);
        app.refresh(&first.refresh).await.refused(401, "invalid_refresh_token");
        app.refresh(&second.refresh).await.refused(401, "invalid_refresh_token");
        assert_eq!(app.me(&second.access).await, StatusCode::UNAUTHORIZED);
        app.login("ada", super::super::test_app::PASSWORD).await.person(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn of_two_exchanges_at_once_one_wins_and_the_session_ends() {
    on_both(|app| async move {
        let person = app.register("ada").await;
        let (a, b) = tokio::join!(app.refresh(&person.refresh), app.refresh(&person.refresh));
        let won = [&a, &b].into_iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(won, 1);
        let winner = if a.status == StatusCode::OK { a } else { b };
        let next = winner.person(StatusCode::OK);
        app.refresh(&next.refresh).await.refused(401, "invalid_refresh_token");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    on_both(|app| async move {
        let person = app.register("ada").await;
        for token in ["", "made up", &person.access, &"x".repeat(10_000)] {
            app.refresh(token).await.refused(401, "invalid_refresh_token");
        }
        app.post("/api/v1/auth/refresh", json!({})).await.refused(401, "invalid_refresh_token");
        assert_eq!(app.me(&person.refresh).await, StatusCode::UNAUTHORIZED, "and it is no access token");
        app.refresh(&person.refresh).await.person(StatusCode::OK);
    })
    .await;
}
