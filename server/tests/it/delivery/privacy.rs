//! Who may see what: everything else is not there.

use reqwest::StatusCode;
use serde_json::json;

use super::{films::planned, platform::Platform};

const CHANGE: &str = "New title";

#[tokio::test]
async fn a_private_video_is_there_for_its_owner_and_administrators_alone() {
    let platform = Platform::start().await;
    let root = platform.user("root").await;
    let (ann, bob) = (platform.user("ann").await, platform.user("bob").await);
    let film = planned(&platform, &ann, "private").await;
    film.make(&platform, "video-360", 0, b"secret").await;
    film.make_init(&platform, "video-360", b"secret").await;
    film.make_poster(&platform, b"secret").await;
    let sidecars = ["storyboard.vtt", "storyboard-0.jpg", "scenes.json", "poster-4000.jpg"];
    for name in sidecars {
        film.make_sidecar(&platform, name.parse().unwrap(), b"secret").await;
    }
    let files =
        ["index.m3u8", "index.mpd", "poster.jpg", "video-360/index.m3u8", "video-360/init.mp4", "video-360/00000.m4s"];
    let sidecars = sidecars.map(|name| format!("sidecars/{name}"));
    let files: Vec<_> = files.into_iter().map(str::to_owned).chain(sidecars).collect();

    for stranger in [&bob, &platform.visitor()] {
        stranger.get(&film.address).await.refused(404, "not_found");
        for file in &files {
            stranger.get(&film.media(file)).await.refused(404, "not_found");
        }
        stranger.post(&format!("{}/views", film.address), &json!({})).await.refused(404, "not_found");
        assert_eq!(stranger.get("/api/v1/videos").await.json()["videos"], json!([]));
        assert_eq!(stranger.get("/api/v1/channels/ann").await.json()["videos"], json!([]));
    }
    bob.patch(&film.address, &json!({ "title": CHANGE })).await.refused(404, "not_found");
    bob.put_json(&format!("{}/poster", film.address), &json!({ "at_ms": 1 })).await.refused(404, "not_found");
    bob.delete(&film.address).await.refused(404, "not_found");
    bob.post(&format!("{}/retry", film.address), &json!({})).await.refused(404, "not_found");
    platform.visitor().patch(&film.address, &json!({ "title": CHANGE })).await.refused(401, "not_signed_in");

    for allowed in [&ann, &root] {
        allowed.get(&film.address).await.expect(StatusCode::OK);
        for file in &files {
            allowed.get(&film.media(file)).await.expect(StatusCode::OK);
        }
    }
    root.patch(&film.address, &json!({ "title": CHANGE })).await.expect(StatusCode::OK);
    root.delete(&film.address).await.expect(StatusCode::NO_CONTENT);
    platform.stop().await;
}

#[tokio::test]
async fn an_unlisted_video_plays_for_whoever_knows_it_and_is_never_listed() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "unlisted").await;
    let visitor = platform.visitor();
    visitor.get(&film.address).await.expect(StatusCode::OK);
    visitor.get(&film.media("index.m3u8")).await.expect(StatusCode::OK);
    for list in ["/api/v1/videos", "/api/v1/videos?sort=views", "/api/v1/channels/ann"] {
        assert_eq!(ann.get(list).await.json()["videos"], json!([]), "{list}");
    }
    assert_eq!(ann.get("/api/v1/me/videos").await.json()["videos"][0]["id"], film.id.to_string());
    platform.stop().await;
}

#[tokio::test]
async fn a_video_that_was_made_private_is_gone_with_the_next_request() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make(&platform, "video-360", 0, b"x").await;
    let visitor = platform.visitor();
    let segment = film.media("video-360/00000.m4s");
    visitor.get(&segment).await.expect(StatusCode::OK);
    ann.patch(&film.address, &json!({ "privacy": "private" })).await.expect(StatusCode::OK);
    visitor.get(&segment).await.refused(404, "not_found");
    visitor.get(&film.media("index.m3u8")).await.refused(404, "not_found");
    platform.stop().await;
}

#[tokio::test]
async fn failures_and_warnings_are_for_the_owner_alone() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let id = super::parts::bring(&ann, &super::parts::description_of(10)).await;
    super::films::fail(&platform, id.parse().unwrap()).await;
    let address = format!("/api/v1/videos/{id}");
    let own = ann.get(&address).await.json();
    assert_eq!(own["state"], "failed");
    assert_eq!(own["failure"]["code"], "not_a_film");
    assert_eq!(own["hls_url"], json!(null));
    let other = platform.visitor().get(&address).await.json();
    assert_eq!((&other["state"], &other["failure"]), (&json!("failed"), &json!(null)));
    assert_eq!(ann.get("/api/v1/videos").await.json()["videos"], json!([]));
    platform.stop().await;
}

#[tokio::test]
async fn a_blocked_owner_takes_their_videos_out_of_sight() {
    let platform = Platform::start().await;
    let (root, ann) = (platform.user("root").await, platform.user("ann").await);
    let film = planned(&platform, &ann, "public").await;
    film.make(&platform, "video-360", 0, b"x").await;
    let users = root.get("/api/v1/admin/users").await.json();
    let id = users["users"].as_array().unwrap().iter().find(|user| user["username"] == "ann").unwrap()["id"].clone();
    let block = root.patch(&format!("/api/v1/admin/users/{}", id.as_str().unwrap()), &json!({ "blocked": true })).await;
    assert!(block.status.is_success(), "{}", String::from_utf8_lossy(&block.body));
    let visitor = platform.visitor();
    visitor.get(&film.address).await.refused(404, "not_found");
    visitor.get(&film.media("video-360/00000.m4s")).await.refused(404, "not_found");
    visitor.get("/api/v1/channels/ann").await.refused(404, "not_found");
    assert_eq!(visitor.get("/api/v1/videos").await.json()["videos"], json!([]));
    root.get(&film.address).await.expect(StatusCode::OK);
    platform.stop().await;
}
