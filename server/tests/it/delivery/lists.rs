//! Lists: order, pages, cursors.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::json;

use super::{
    films::planned,
    platform::{Client, Platform},
};

/// All ids of a list, page by page; something may happen between two pages.
async fn walk(client: &Client, list: &str, between: impl AsyncFn()) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let sign = if list.contains('?') { '&' } else { '?' };
        let path = match &cursor {
            Some(cursor) => format!("{list}{sign}limit=2&cursor={cursor}"),
            None => format!("{list}{sign}limit=2"),
        };
        let page = client.get(&path).await.expect(StatusCode::OK).json();
        ids.extend(page["videos"].as_array().unwrap().iter().map(|video| video["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return ids,
        }
        between().await;
    }
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_doubles_while_videos_come_in() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.push(planned(&platform, &ann, "public").await.id.to_string());
    }
    expected.reverse();
    for list in ["/api/v1/videos", "/api/v1/channels/ann", "/api/v1/me/videos"] {
        let seen = walk(&ann, list, async || {}).await;
        assert_eq!(seen, expected, "{list}");
    }
    let seen = walk(&platform.visitor(), "/api/v1/videos", async || {
        planned(&platform, &ann, "public").await;
    })
    .await;
    assert_eq!(seen, expected);
    platform.stop().await;
}

#[tokio::test]
async fn the_most_watched_come_first_where_that_is_asked_for() {
    let platform = Platform::start().await;
    let (ann, bob) = (platform.user("ann").await, platform.user("bob").await);
    let mut films = Vec::new();
    for _ in 0..3 {
        films.push(planned(&platform, &ann, "public").await);
    }
    for (film, viewers) in [(&films[0], 1), (&films[1], 2)] {
        for viewer in [&ann, &bob].into_iter().take(viewers) {
            viewer.post(&format!("{}/views", film.address), &json!({})).await.expect(StatusCode::NO_CONTENT);
        }
    }
    let seen = walk(&ann, "/api/v1/videos?sort=views", async || {}).await;
    let expected = [&films[1], &films[0], &films[2]].map(|film| film.id.to_string());
    assert_eq!(seen, expected);
    platform.stop().await;
}

#[tokio::test]
async fn a_cursor_that_this_list_did_not_give_is_refused() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    for _ in 0..2 {
        planned(&platform, &ann, "public").await;
    }
    let page = ann.get("/api/v1/videos?limit=1").await.expect(StatusCode::OK).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    for list in ["/api/v1/me/videos", "/api/v1/channels/ann", "/api/v1/videos?sort=views"] {
        let sign = if list.contains('?') { '&' } else { '?' };
        ann.get(&format!("{list}{sign}cursor={cursor}")).await.refused(400, "invalid_cursor");
    }
    let forged = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for cursor in [
        "x".to_owned(),
        "%00".to_owned(),
        "a".repeat(10_000),
        forged("{}"),
        forged("[1,2]"),
        forged("{\"list\":\"newest\",\"key\":\"1; DROP TABLE videos\",\"id\":\"x\"}"),
        forged("{\"list\":\"newest\",\"key\":1,\"id\":\"00000000-0000-7000-8000-000000000000\",\"more\":1}"),
    ] {
        ann.get(&format!("/api/v1/videos?cursor={cursor}")).await.refused(400, "invalid_cursor");
    }
    platform.stop().await;
}

#[tokio::test]
async fn limits_and_orders_that_are_none_are_refused() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    for query in ["limit=0", "limit=101", "limit=x", "limit=-1", "sort=best"] {
        ann.get(&format!("/api/v1/videos?{query}")).await.refused(422, "invalid_field");
    }
    ann.get("/api/v1/channels/nobody").await.refused(404, "not_found");
    assert_eq!(ann.get("/api/v1/channels/ANN").await.expect(StatusCode::OK).json()["handle"], "ann");
    platform.visitor().get("/api/v1/me/videos").await.refused(401, "not_signed_in");
    platform.stop().await;
}
