//! Videos: edit, delete, try again, count views.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::{
    films::{fail, lay_plan, planned},
    parts,
    platform::{Platform, send},
};

#[tokio::test]
async fn an_owner_edits_what_is_said_about_a_video() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let change = json!({ "title": " Größe ", "description": "a\r\nb", "tags": ["x", "X", "y"], "privacy": "unlisted" });
    let edited = ann.patch(&film.address, &change).await.expect(StatusCode::OK).json();
    assert_eq!(edited["title"], "Größe");
    assert_eq!(edited["description"], "a\nb");
    assert_eq!(edited["tags"], json!(["x", "y"]));
    assert_eq!(edited["privacy"], "unlisted");
    let same = ann.patch(&film.address, &json!({ "title": null })).await.expect(StatusCode::OK).json();
    assert_eq!(same["title"], "Größe");
    let problem = ann.patch(&film.address, &json!({ "title": "" })).await.refused(422, "invalid_field");
    assert_eq!(problem["field"], "title");
    ann.get("/api/v1/videos/00000000-0000-7000-8000-000000000000").await.refused(404, "not_found");
    platform.stop().await;
}

#[tokio::test]
async fn a_deleted_video_leaves_no_object_after_the_sweep() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let kept = planned(&platform, &ann, "public").await;
    film.make_all(&platform).await;
    film.make_poster(&platform, b"poster").await;
    ann.delete(&film.address).await.expect(StatusCode::NO_CONTENT);
    ann.get(&film.address).await.refused(404, "not_found");
    ann.get(&film.media("index.m3u8")).await.refused(404, "not_found");
    ann.delete(&film.address).await.refused(404, "not_found");
    let lost = mutoscope_core::db::jobs::finish(&platform.app.db, &film.span).await;
    assert!(lost.is_err(), "its work lost its lease");

    platform.sweep(Duration::ZERO).await;
    let left = platform.objects().await;
    assert!(!left.is_empty() && left.iter().all(|path| path.contains(&kept.id.to_string())), "{left:?}");
    // A segment that was being stored when the video went.
    let late = film.segment_key("video-360", 0);
    platform.app.store.put(&late, bytes::Bytes::from_static(b"late")).await.unwrap();
    platform.sweep(Duration::from_secs(600)).await;
    assert_eq!(platform.objects().await.len(), left.len());
    platform.stop().await;
}

#[tokio::test]
async fn an_account_goes_with_its_videos_and_their_bytes() {
    let platform = Platform::start().await;
    let _root = platform.user("root").await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make_all(&platform).await;
    let gone =
        send(ann.request(reqwest::Method::DELETE, "/api/v1/me").json(&json!({ "password": "a long password" }))).await;
    gone.expect(StatusCode::NO_CONTENT);
    platform.visitor().get(&film.address).await.refused(404, "not_found");
    platform.sweep(Duration::ZERO).await;
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn a_failed_video_is_tried_again_from_its_kept_file() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let id = parts::bring(&ann, &parts::description_of(10)).await;
    let address = format!("/api/v1/videos/{id}");
    ann.post(&format!("{address}/retry"), &json!({})).await.refused(409, "not_failed");
    fail(&platform, id.parse().unwrap()).await;
    assert_eq!(ann.get(&address).await.json()["state"], "failed");
    ann.post(&format!("{address}/retry"), &json!({})).await.expect(StatusCode::ACCEPTED);
    let again = ann.get(&address).await.json();
    assert_eq!((&again["state"], &again["failure"]), (&json!("queued"), &json!(null)));
    let film = lay_plan(&platform, id.parse().unwrap()).await;
    film.make_all(&platform).await;
    let ready = ann.get(&address).await.json();
    assert_eq!((&ready["state"], &ready["progress"]), (&json!("ready"), &json!(1.0)));
    platform.stop().await;
}

#[tokio::test]
async fn a_view_counts_once_a_viewer_and_day() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let bob = platform.user("bob").await;
    let visitor = platform.visitor();
    let address = format!("{}/views", film.address);
    for viewer in [&ann, &bob, &visitor, &ann, &bob, &visitor] {
        viewer.post(&address, &json!({})).await.expect(StatusCode::NO_CONTENT);
    }
    let other = visitor.request(reqwest::Method::POST, &address).header("user-agent", "another browser");
    send(other).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ann.get(&film.address).await.json()["views"], 4);
    platform.stop().await;
}
