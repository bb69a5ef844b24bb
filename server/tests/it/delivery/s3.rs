//! Uploads straight to a bucket: the server signs, looks, and never carries a byte.

use std::time::Duration;

use mutoscope_core::{search::SearchBackend, store::MediaStore};
use mutoscope_index::{EmbeddedSearch, Snapshots, Taken};
use mutoscope_server::search_index::SearchIndex;
use reqwest::StatusCode;
use serde_json::json;

use crate::bucket;

use super::{
    films::planned_as,
    parts::{PART, address, begin, film, link, part, send_part, sha256, there},
    platform::Platform,
    search::search_until,
};

#[tokio::test]
async fn a_film_goes_straight_to_the_bucket() {
    let server = bucket::Server::start("films").await;
    let platform = Platform::start_on(server.settings("one")).await;
    let ann = platform.user("ann").await;
    let film = film(PART + 7, 1);
    let upload = begin(&ann, film.len()).await;
    let first = link(&ann, &upload, 1, &sha256(&part(&film, 1))).await;
    assert!(!first["url"].as_str().unwrap().starts_with(&platform.base));

    let mut altered = part(&film, 1);
    altered[5] ^= 1;
    // The server of the tests keeps what it refuses; services check first. What is sent again takes its place.
    assert!(!ann.put(&first, altered).await.status.is_success());
    ann.put(&first, part(&film, 1)).await.expect(StatusCode::OK);
    assert_eq!(there(&ann, &upload).await, [1]);

    let complete = format!("{}/complete", address(&upload));
    let problem = ann.post(&complete, &json!({})).await.refused(409, "parts_missing");
    assert_eq!(problem["parts"], json!([{ "number": 2, "fault": "missing" }]));
    send_part(&ann, &upload, &film, 2).await;
    for _ in 0..2 {
        ann.post(&complete, &json!({})).await.expect(StatusCode::ACCEPTED);
    }
    let id = upload["video_id"].as_str().unwrap();
    ann.delete(&format!("/api/v1/videos/{id}")).await.expect(StatusCode::NO_CONTENT);
    platform.sweep(Duration::ZERO).await;
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn a_part_of_another_length_than_announced_never_counts_and_goes_at_once() {
    let server = bucket::Server::start("films").await;
    let platform = Platform::start_on(server.settings("")).await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 10).await;
    // The hash is that of a longer content: the bucket takes it, for lengths are not signed.
    let longer = [1; 1000];
    let oversize = link(&ann, &upload, 1, &sha256(&longer)).await;
    ann.put(&oversize, longer.to_vec()).await.expect(StatusCode::OK);
    let problem = ann.post(&format!("{}/complete", address(&upload)), &json!({})).await.refused(409, "parts_missing");
    assert_eq!(problem["parts"], json!([{ "number": 1, "fault": "too_large" }]));
    assert!(platform.objects().await.is_empty());

    let shorter = link(&ann, &upload, 1, &sha256(&[2; 4])).await;
    ann.put(&shorter, vec![2; 4]).await.expect(StatusCode::OK);
    assert!(there(&ann, &upload).await.is_empty());
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn a_link_to_the_bucket_that_was_touched_stores_nothing() {
    let server = bucket::Server::start("films").await;
    let settings = server.settings("");
    let platform = Platform::start_on(settings.clone()).await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, PART + 4).await;
    let good = link(&ann, &upload, 2, &sha256(&[1; 4])).await;
    let url = good["url"].as_str().unwrap();
    for (from, to) in
        [("00002-", "00001-"), ("X-Amz-Signature=", "X-Amz-Signature=0"), ("X-Amz-Expires=", "X-Amz-Expires=9")]
    {
        let touched = url.replace(from, to);
        assert_ne!(touched, url);
        let answer = ann.put(&json!({ "url": touched, "headers": good["headers"] }), vec![1; 4]).await;
        assert!(!answer.status.is_success(), "{from}");
    }
    let bare = ann.put(&json!({ "url": url, "headers": {} }), vec![1; 4]).await;
    assert!(!bare.status.is_success(), "the hash is part of what was signed");
    let store = MediaStore::open(&settings).unwrap();
    assert!(store.list("").await.unwrap().is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn an_object_that_a_late_link_brought_goes_with_the_sweep_and_the_film_stays() {
    let server = bucket::Server::start("films").await;
    let platform = Platform::start_on(server.settings("")).await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 4).await;
    let first = link(&ann, &upload, 1, &sha256(&[1; 4])).await;
    let second = link(&ann, &upload, 1, &sha256(&[2; 4])).await;
    ann.put(&second, vec![2; 4]).await.expect(StatusCode::OK);
    ann.post(&format!("{}/complete", address(&upload)), &json!({})).await.expect(StatusCode::ACCEPTED);
    // The first link's time is not over: the bucket can't know that it is no longer wanted.
    ann.put(&first, vec![1; 4]).await.expect(StatusCode::OK);
    assert_eq!(platform.objects().await.len(), 2);
    platform.sweep(Duration::ZERO).await;
    assert_eq!(platform.objects().await.len(), 2, "a link is good for 15 minutes: sweeping now would be too early");
    platform.sweep(Duration::from_secs(3600)).await;
    let left = platform.objects().await;
    assert_eq!(left.len(), 1);
    assert!(left[0].contains(&sha256(&[2; 4])[..32]));
    platform.stop().await;
}

#[tokio::test]
async fn a_replica_of_the_search_index_begins_with_a_copy_in_the_bucket() {
    let server = bucket::Server::start("films").await;
    let platform = Platform::start_on(server.settings("one")).await;
    let ann = platform.user("ann").await;
    planned_as(&platform, &ann, "public", "Lighthouse").await;
    search_until(&ann, "q=lighthouse", 1).await;
    let SearchIndex::Embedded(own) = platform.app.search_index.clone() else { panic!("it is embedded") };
    let copies = |search| Snapshots::new(platform.app.db.clone(), platform.app.store.clone(), search);
    assert!(matches!(copies(own).take().await.unwrap(), Taken::Written(_)));

    let folder = tempfile::tempdir().unwrap();
    let replica = EmbeddedSearch::open(folder.path().join("index")).unwrap();
    copies(replica.clone()).restore().await.unwrap().expect("there is a copy");
    assert_eq!(replica.health().await.unwrap().documents, 1);
    platform.stop().await;
}
