//! Sidecars: where a film says they are, what is served there, and the poster that its owner chooses.

use mutoscope_core::{
    db::jobs::{self, Ending, Work},
    media::SidecarName,
    video::Warning,
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    films::{claim, planned},
    platform::Platform,
};

#[tokio::test]
async fn a_film_names_its_storyboard_once_it_is_there() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let visitor = platform.visitor();
    let before = visitor.get(&film.address).await.json();
    assert_eq!(
        (&before["storyboard_url"], &before["scenes_url"], &before["loudness"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    visitor.get(&film.media("sidecars/storyboard.vtt")).await.refused(404, "not_found");

    film.make_sidecar(&platform, SidecarName::StoryboardSheet(0), b"\xff\xd8\xffsheet").await;
    film.make_sidecar(&platform, SidecarName::Scenes, b"{\"cuts_ms\":[]}").await;
    film.make_sidecar(&platform, SidecarName::Storyboard, b"WEBVTT\n").await;
    mutoscope_core::db::plans::set_loudness(&platform.app.db, &film.span, film.plan_id, Some(-2_345), Some(-105))
        .await
        .unwrap();
    let after = visitor.get(&film.address).await.json();
    assert_eq!(after["storyboard_url"], film.media("sidecars/storyboard.vtt"));
    assert_eq!(after["scenes_url"], film.media("sidecars/scenes.json"));
    assert_eq!(after["loudness"], json!({ "integrated_lufs": -23.45, "true_peak_dbfs": -1.05 }));
    for (file, media_type) in
        [("storyboard.vtt", "text/vtt"), ("storyboard-0.jpg", "image/jpeg"), ("scenes.json", "application/json")]
    {
        let answer = visitor.get(&film.media(&format!("sidecars/{file}"))).await.expect(StatusCode::OK);
        assert_eq!(answer.headers["content-type"], media_type);
        assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    for file in ["storyboard-00.jpg", "storyboard-1.jpg", "record", "poster-1.jpg", "..%2fposter.jpg", "plan.json"] {
        visitor.get(&film.media(&format!("sidecars/{file}"))).await.refused(404, "not_found");
    }
    // Records are nobody's to see.
    visitor.get(&film.media("record/00000.m4s")).await.refused(404, "not_found");
    visitor.get(&film.media("record/00000.bin")).await.refused(404, "not_found");
    platform.stop().await;
}

#[tokio::test]
async fn the_owner_chooses_the_poster_and_it_has_an_address_of_its_own() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make_poster(&platform, b"own").await;
    let path = format!("{}/poster", film.address);
    let poster = async || ann.get(&film.address).await.json()["poster_url"].clone();
    for at_ms in [-1, 10_000, i64::MAX] {
        ann.put_json(&path, &json!({ "at_ms": at_ms })).await.refused(422, "invalid_field");
    }
    let chosen = ann.put_json(&path, &json!({ "at_ms": 9_999 })).await.expect(StatusCode::OK).json();
    assert_eq!((&chosen["poster_at_ms"], &chosen["poster_url"]), (&json!(9_999), &json!(film.media("poster.jpg"))));
    assert_eq!(platform.visitor().get(&film.address).await.json()["poster_at_ms"], Value::Null);

    film.make_sidecar(&platform, SidecarName::ChosenPoster(9_999), b"chosen").await;
    assert_eq!(poster().await, film.media("sidecars/poster-9999.jpg"));
    let shown = platform.visitor().get(&film.media("sidecars/poster-9999.jpg")).await.expect(StatusCode::OK);
    assert_eq!(shown.body, "chosen");
    ann.put_json(&path, &json!({ "at_ms": null })).await.expect(StatusCode::OK);
    assert_eq!(poster().await, film.media("poster.jpg"));
    platform.stop().await;
}

#[tokio::test]
async fn captions_that_can_not_be_made_are_a_track_without_words_until_they_are_tried_again() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make_all(&platform).await;
    let visitor = platform.visitor();
    let path = film.media("captions-eng.vtt");
    let work = claim(&platform, film.id, &film.plan.fingerprint).await;
    assert_eq!(work.work, Work::Captions { plan_id: film.plan_id });
    let missing = Warning { code: "captions_missing".to_owned(), message: "There are none.".to_owned(), at_ms: None };
    jobs::fail(&platform.app.db, &work, "internal", "a fault", Ending::Alone(missing)).await.unwrap();

    // The playlists name them still, as they are kept for ever: what they name is there, and nobody keeps it.
    let playlist = visitor.get(&film.media("index.m3u8")).await.expect(StatusCode::OK);
    assert!(String::from_utf8_lossy(&playlist.body).contains("captions-eng/index.m3u8"));
    let empty = visitor.get(&path).await.expect(StatusCode::OK);
    assert_eq!(empty.headers["content-type"], "text/vtt");
    assert_eq!(empty.headers["cache-control"], "private, no-store");
    assert!(empty.body.starts_with(b"WEBVTT\n"));
    assert!(!String::from_utf8_lossy(&empty.body).contains("-->"));
    // Who watches is not offered them, and the owner is told.
    let shown = visitor.get(&film.address).await.json();
    assert_eq!((&shown["state"], &shown["captions"], &shown["warnings"]), (&json!("ready"), &json!([]), &json!([])));
    let told = json!([
        { "code": "captions_missing", "message": "There are none.", "at_ms": null, "can_be_retried": true }
    ]);
    assert_eq!(ann.get(&film.address).await.json()["warnings"], told);
    assert_eq!(ann.get("/api/v1/me/videos").await.json()["videos"][0]["warnings"], told);
    assert_eq!(visitor.get("/api/v1/videos").await.json()["videos"][0]["warnings"], json!([]));

    let retry = format!("{}/retry", film.address);
    platform.user("bob").await.post(&retry, &json!({})).await.refused(404, "not_found");
    ann.post(&retry, &json!({})).await.expect(StatusCode::ACCEPTED);
    ann.post(&retry, &json!({})).await.refused(409, "not_failed");
    let again = ann.get(&film.address).await.json();
    assert_eq!((&again["state"], &again["warnings"]), (&json!("ready"), &json!([])));
    assert_eq!(again["captions"][0]["url"], json!(path));
    film.make_captions(&platform, "captions-eng", b"WEBVTT\n\nthese").await;
    assert_eq!(visitor.get(&path).await.expect(StatusCode::OK).body, "WEBVTT\n\nthese");
    platform.stop().await;
}
