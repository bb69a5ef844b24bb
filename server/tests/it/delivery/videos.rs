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
    platform.sweep(Duration::from_secs(1800)).await;
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
    assert_eq!(ann.get(&film.address).await.json()["views"], 3);
    // Who says to be a hundred browsers counts as a household at most.
    for n in 0..100 {
        let other = visitor.request(reqwest::Method::POST, &address).header("user-agent", format!("browser {n}"));
        send(other).await.expect(StatusCode::NO_CONTENT);
    }
    let views = ann.get(&film.address).await.json()["views"].as_i64().unwrap();
    assert!((4..=18).contains(&views), "{views}");
    platform.stop().await;
}

#[tokio::test]
async fn the_way_of_a_film_is_the_same_on_both_databases() {
    mutoscope_core::testing::on_both_databases(|db| async move {
        let platform = Platform::start_over(db).await;
        let (ann, visitor) = (platform.user("ann").await, platform.visitor());
        let film = planned(&platform, &ann, "public").await;
        film.make_all(&platform).await;
        let video = visitor.get(&film.address).await.expect(StatusCode::OK).json();
        assert_eq!((&video["state"], &video["progress"]), (&json!("ready"), &json!(1.0)));
        visitor.get(&film.media("index.m3u8")).await.expect(StatusCode::OK);
        visitor.get(&film.media("video-360/00000.m4s")).await.expect(StatusCode::OK);
        visitor.post(&format!("{}/views", film.address), &json!({})).await.expect(StatusCode::NO_CONTENT);
        for list in ["/api/v1/videos", "/api/v1/videos?sort=views", "/api/v1/channels/ann"] {
            assert_eq!(visitor.get(list).await.json()["videos"][0]["views"], 1, "{list}");
        }
        ann.patch(&film.address, &json!({ "privacy": "private", "tags": ["a"] })).await.expect(StatusCode::OK);
        visitor.get(&film.address).await.refused(404, "not_found");
        assert_eq!(ann.get("/api/v1/me/videos").await.json()["videos"][0]["tags"], json!(["a"]));
        visitor.get("/metrics").await.expect(StatusCode::OK);
        ann.delete(&film.address).await.expect(StatusCode::NO_CONTENT);
        platform.sweep(Duration::ZERO).await;
        mutoscope_server::sweeper::clean(&platform.app, mutoscope_core::time::UnixMs::now()).await.unwrap();
        assert!(platform.objects().await.is_empty());
        platform.stop().await;
    })
    .await;
}
