//! Search over HTTP: what was hidden a moment ago is not shown, whatever the index holds.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    films::planned_as,
    platform::{Client, Platform},
};

/// The answer once it has as many hits as are expected.
pub async fn search_until(client: &Client, query: &str, hits: usize) -> Value {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = client.get(&format!("/api/v1/search?{query}")).await;
        if answer.status == StatusCode::OK {
            let answer = answer.json();
            if answer["hits"].as_array().unwrap().len() == hits {
                return answer;
            }
            assert!(Instant::now() < deadline, "{answer}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_public_film_is_found_with_its_highlights_and_suggested() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned_as(&platform, &ann, "public", "The Lighthouse Keeper").await;
    planned_as(&platform, &ann, "unlisted", "A Lighthouse Unlisted").await;
    planned_as(&platform, &ann, "private", "A Lighthouse Hidden").await;
    let answer = search_until(&platform.visitor(), "q=lighthou", 1).await;
    let hit = &answer["hits"][0];
    assert_eq!(hit["video"]["id"], film.id.to_string());
    assert_eq!(hit["video"]["hls_url"], film.media("index.m3u8"));
    let title = hit["highlights"].as_array().unwrap().iter().find(|one| one["field"] == "title").unwrap();
    let fragments = title["fragments"].as_array().unwrap();
    let joined: String = fragments.iter().map(|fragment| fragment["text"].as_str().unwrap()).collect();
    assert_eq!(joined, "The Lighthouse Keeper");
    assert!(fragments.iter().any(|fragment| fragment["matched"] == true));
    let suggestions = platform.visitor().get("/api/v1/search/suggestions?q=lig").await.expect(StatusCode::OK).json();
    assert!(!suggestions["suggestions"].as_array().unwrap().is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn what_was_hidden_or_deleted_never_appears_even_before_the_index_knows() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let hidden = planned_as(&platform, &ann, "public", "Walrus one").await;
    let deleted = planned_as(&platform, &ann, "public", "Walrus two").await;
    search_until(&ann, "q=walrus", 2).await;
    let suggested = async || {
        let lines = ann.get("/api/v1/search/suggestions?q=walr").await.expect(StatusCode::OK).json();
        let lines =
            lines["suggestions"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap().to_owned());
        lines.collect::<std::collections::BTreeSet<String>>()
    };
    assert_eq!(suggested().await, ["Walrus one".to_owned(), "Walrus two".to_owned()].into());
    ann.patch(&hidden.address, &json!({ "privacy": "private" })).await.expect(StatusCode::OK);
    assert_eq!(suggested().await, ["Walrus two".to_owned()].into());
    let now = ann.get("/api/v1/search?q=walrus").await.expect(StatusCode::OK).json();
    assert_eq!(now["hits"].as_array().unwrap().len(), 1);
    ann.delete(&deleted.address).await.expect(StatusCode::NO_CONTENT);
    assert!(suggested().await.is_empty());
    let now = ann.get("/api/v1/search?q=walrus").await.expect(StatusCode::OK).json();
    assert_eq!(now["hits"], json!([]));
    ann.patch(&hidden.address, &json!({ "privacy": "public", "title": "Sealion" })).await.expect(StatusCode::OK);
    search_until(&platform.visitor(), "q=sealion", 1).await;
    search_until(&platform.visitor(), "q=walrus", 0).await;
    platform.stop().await;
}

#[tokio::test]
async fn pages_of_hits_follow_each_other_and_forged_cursors_are_refused() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    for n in 0..5 {
        planned_as(&platform, &ann, "public", &format!("Heron {n}")).await;
    }
    search_until(&ann, "q=heron", 5).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = ann.get(&format!("/api/v1/search?q=heron&limit=2{cursor}")).await.expect(StatusCode::OK).json();
        for hit in page["hits"].as_array().unwrap() {
            assert!(seen.insert(hit["video"]["id"].as_str().unwrap().to_owned()));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    ann.get("/api/v1/search?q=heron&cursor=forged").await.refused(400, "invalid_cursor");
    ann.get(&format!("/api/v1/search?q=other{cursor}")).await.refused(400, "invalid_cursor");
    for query in ["q=heron&limit=0", "q=heron&limit=101", "q=heron&limit=x"] {
        ann.get(&format!("/api/v1/search?{query}")).await.refused(422, "invalid_field");
    }
    for query in ["", "q=", "q=%20", "q=%00", "q=%22%28%5B%2A%3A%5E~", &format!("q={}", "a%20".repeat(2000))] {
        ann.get(&format!("/api/v1/search?{query}")).await.expect(StatusCode::OK);
    }
    platform.stop().await;
}
