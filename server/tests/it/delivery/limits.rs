//! What an upload may say of itself.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    parts::{address, begin, description_of, sha256},
    platform::{Client, Platform},
};

async fn refuse(client: &Client, change: Value, code: &str, field: &str) {
    let mut description = description_of(10);
    for (name, value) in change.as_object().unwrap() {
        description[name] = value.clone();
    }
    let answer = client.post("/api/v1/uploads", &description).await;
    let status = answer.status.as_u16();
    let problem = answer.refused(status, code);
    assert_eq!(problem["field"], field, "{problem}");
}

#[tokio::test]
async fn what_is_not_acceptable_is_named_by_field() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    refuse(&ann, json!({ "size_bytes": 0 }), "empty_file", "size_bytes").await;
    refuse(&ann, json!({ "size_bytes": -1 }), "invalid_field", "size_bytes").await;
    refuse(&ann, json!({ "size_bytes": 1.5 }), "invalid_field", "size_bytes").await;
    refuse(&ann, json!({ "size_bytes": (10u64 << 30) + 1 }), "file_too_large", "size_bytes").await;
    refuse(&ann, json!({ "title": "" }), "invalid_field", "title").await;
    refuse(&ann, json!({ "title": "x".repeat(201) }), "invalid_field", "title").await;
    refuse(&ann, json!({ "title": "a\u{0}b" }), "invalid_field", "title").await;
    refuse(&ann, json!({ "description": "x".repeat(5001) }), "invalid_field", "description").await;
    refuse(&ann, json!({ "tags": ["x".repeat(41)] }), "invalid_field", "tags[0]").await;
    let many: Vec<String> = (0..21).map(|n| format!("tag {n}")).collect();
    refuse(&ann, json!({ "tags": many }), "invalid_field", "tags").await;
    refuse(&ann, json!({ "privacy": "secret" }), "invalid_field", "privacy").await;
    refuse(&ann, json!({ "file_name": "/" }), "invalid_field", "file_name").await;

    let mut largest = description_of(10 << 30);
    largest["title"] = json!("ü".repeat(200));
    largest["description"] = json!("語".repeat(5000));
    largest["tags"] = json!((0..20).map(|n| format!("{n:040}")).collect::<Vec<_>>());
    let upload = ann.post("/api/v1/uploads", &largest).await.expect(StatusCode::CREATED).json();
    assert!(upload["part_count"].as_u64().unwrap() <= 1000);
    platform.stop().await;
}

#[tokio::test]
async fn a_quota_is_held_when_an_upload_begins() {
    let platform = Platform::start_with(|config| config.uploads.quota_bytes = 100).await;
    let ann = platform.user("ann").await;
    let first = begin(&ann, 60).await;
    let problem = ann.post("/api/v1/uploads", &description_of(41)).await.refused(403, "quota_exceeded");
    assert!(problem["detail"].as_str().unwrap().contains("40 of your 100 bytes"), "{problem}");
    begin(&ann, 40).await;
    ann.delete(&address(&first)).await.expect(StatusCode::NO_CONTENT);
    begin(&ann, 60).await;
    platform.stop().await;
}

#[tokio::test]
async fn links_are_asked_for_with_numbers_and_hashes_that_can_be() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 10).await;
    let good = sha256(b"x");
    for (parts, field) in [
        (json!([]), "parts"),
        (json!([{ "number": 0, "sha256_hex": good }]), "parts[0].number"),
        (json!([{ "number": 2, "sha256_hex": good }]), "parts[0].number"),
        (json!([{ "number": 1, "sha256_hex": good }, { "number": 1, "sha256_hex": good }]), "parts[1].number"),
        (json!([{ "number": 1, "sha256_hex": "00" }]), "parts[0].sha256_hex"),
        (json!([{ "number": 1, "sha256_hex": "../".repeat(22) }]), "parts[0].sha256_hex"),
    ] {
        let body = json!({ "parts": parts });
        let problem = ann.post(&format!("{}/links", address(&upload)), &body).await.refused(422, "invalid_field");
        assert_eq!(problem["field"], field);
    }
    platform.stop().await;
}

#[tokio::test]
async fn one_has_only_so_many_unfinished_uploads() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    for _ in 0..100 {
        begin(&ann, 1).await;
    }
    ann.post("/api/v1/uploads", &description_of(1)).await.refused(429, "too_many_uploads");
    platform.stop().await;
}
