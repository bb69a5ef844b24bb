//! The main job: sign up, upload, watch in every resolution, find, delete.

use std::time::{Duration, Instant};

use reqwest::{Url, header::HeaderValue};
use serde_json::Value;

use super::{
    client::Client,
    film::{self, Found},
    platform::Platform,
    playlist::{self, Media},
};

#[tokio::test]
async fn a_film_is_uploaded_watched_found_and_deleted() {
    let mut platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    let visitor = platform.visitor();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = film::make(folder.path(), 640, 360, 6);

    let id = owner.upload("reel.mp4", "The little praxinoscope", &bytes).await;
    let video = owner.video_when(&id, |video| video["state"] == "ready").await;
    assert_eq!(video["failure"], Value::Null);
    let duration_ms = video["duration_ms"].as_i64().expect("a length");
    assert!((5_850..=6_150).contains(&duration_ms), "{duration_ms} ms");

    let heights = watch(&visitor, &video, folder.path()).await;
    // Its own packets are too many for the rung: they play beside the ladder.
    assert_eq!(heights, [360, 360, 240]);
    let poster = video["poster_url"].as_str().expect("a poster");
    let (_, poster) = visitor.fetch(visitor.base(), poster).await;
    assert_eq!(poster.status, 200);
    assert!(poster.headers["content-type"].to_str().is_ok_and(|kind| kind.starts_with("image/")));

    let video = owner.video_when(&id, |video| !video["storyboard_url"].is_null()).await;
    storyboard(&visitor, &video).await;
    // A tone: neither silent nor beyond full scale.
    let lufs = video["loudness"]["integrated_lufs"].as_f64().expect("a loudness");
    assert!((-60.0..0.0).contains(&lufs), "{lufs}");

    find(&visitor, "praxinoscop", &id).await;
    find(&visitor, "the little prax", &id).await;

    owner.delete(&format!("videos/{id}")).await.expect(204);
    assert_eq!(visitor.get(&format!("videos/{id}")).await.problem(404), "not_found");
    let hls = video["hls_url"].as_str().expect("an address");
    let (_, playlist) = visitor.fetch(visitor.base(), hls).await;
    assert_eq!(playlist.status, 404);

    let (status, took) = platform.stop();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn a_private_film_is_there_for_its_owner_only() {
    let platform = Platform::start().await;
    let owner = platform.visitor().register("owner").await;
    let other = platform.visitor().register("other").await;
    let visitor = platform.visitor();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = film::make(folder.path(), 320, 180, 2);
    let id = owner.upload("secret.mp4", "Zoopraxography", &bytes).await;
    let video = owner.video_when(&id, |video| video["state"] == "ready").await;
    find(&visitor, "zoopraxography", &id).await;

    let wish = serde_json::json!({"privacy": "private"});
    owner.patch(&format!("videos/{id}"), wish).await.expect(200);

    let path = format!("videos/{id}");
    assert_eq!(visitor.get(&path).await.problem(404), "not_found");
    assert_eq!(other.get(&path).await.problem(404), "not_found");
    let seen = owner.get(&path).await.expect(200);
    assert_eq!(seen["privacy"], "private");
    let old = video["hls_url"].as_str().expect("an address");
    assert_eq!(visitor.fetch(visitor.base(), old).await.1.status, 404);
    let listed = visitor.get("videos").await.expect(200);
    assert_eq!(listed["videos"], serde_json::json!([]));
    no_longer_found(&visitor, "zoopraxography").await;
}

/// A thumbnail for each of the film's six seconds, and the sheet that they are on.
async fn storyboard(visitor: &Client, video: &Value) {
    let address = video["storyboard_url"].as_str().expect("an address");
    let (page, answer) = visitor.fetch(visitor.base(), address).await;
    assert_eq!((answer.status.as_u16(), &answer.headers["content-type"]), (200, &HeaderValue::from_static("text/vtt")));
    let text = answer.text();
    let places: Vec<&str> = text.lines().filter(|line| line.contains("#xywh=")).collect();
    assert_eq!(places.len(), 6, "{text}");
    let (_, sheet) = visitor.fetch(&page, places[0].split('#').next().expect("a file")).await;
    assert_eq!((sheet.status.as_u16(), &sheet.headers["content-type"]), (200, &HeaderValue::from_static("image/jpeg")));
    let scenes = video["scenes_url"].as_str().expect("an address");
    let (_, scenes) = visitor.fetch(visitor.base(), scenes).await;
    let scenes: Value = serde_json::from_str(&scenes.text()).expect("JSON");
    assert!(scenes["cuts_ms"].is_array(), "{scenes}");
}

/// Fetches every playlist and segment, joins each rendition and decodes it; answers the heights.
async fn watch(visitor: &Client, video: &Value, folder: &std::path::Path) -> Vec<u32> {
    let address = video["hls_url"].as_str().expect("an address");
    let (page, answer) = visitor.fetch(visitor.base(), address).await;
    assert_eq!(answer.status, 200);
    let multivariant = playlist::read_multivariant(&answer.text());
    let mut heights = Vec::new();
    for variant in &multivariant.variants {
        let (joined, media) = join(visitor, &page, &variant.address).await;
        assert!((5.85..=6.15).contains(&media.seconds), "{media:?}");
        let found = film::decode(folder, &joined);
        let expected = Found { width: variant.height * 16 / 9 / 2 * 2, height: variant.height, frames: 180 };
        assert_eq!(found.height, expected.height);
        assert!(found.width.abs_diff(expected.width) <= 2, "{found:?}");
        assert_eq!(found.frames, expected.frames);
        heights.push(variant.height);
    }
    for address in &multivariant.audio {
        join(visitor, &page, address).await;
    }
    heights
}

async fn join(visitor: &Client, page: &Url, address: &str) -> (Vec<u8>, Media) {
    let (page, answer) = visitor.fetch(page, address).await;
    assert_eq!(answer.status, 200, "{page}");
    let media = playlist::read_media(&answer.text());
    assert!(media.is_complete, "{media:?}");
    let mut joined = visitor.fetch(&page, &media.init).await.1.body;
    for segment in &media.segments {
        let (url, answer) = visitor.fetch(&page, segment).await;
        assert_eq!(answer.status, 200, "{url}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        joined.extend(answer.body);
    }
    (joined, media)
}

/// A change is seen in search within a second; a busy machine gets more.
async fn find(visitor: &Client, query: &str, id: &str) {
    let is_there = |hits: &Value| hits.as_array().is_some_and(|hits| hits.iter().any(|hit| hit["video"]["id"] == id));
    search_until(visitor, query, is_there).await;
}

async fn no_longer_found(visitor: &Client, query: &str) {
    search_until(visitor, query, |hits| hits.as_array().is_some_and(Vec::is_empty)).await;
}

async fn search_until(visitor: &Client, query: &str, is_enough: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let path = format!("search?q={}", query.replace(' ', "+"));
    loop {
        let answer = visitor.get(&path).await.expect(200);
        if is_enough(&answer["hits"]) {
            return;
        }
        assert!(Instant::now() < deadline, "search for {query} stays so: {answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
