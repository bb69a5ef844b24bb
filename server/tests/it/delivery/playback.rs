//! Playlists, segments and posters: ranges, validators, waiting, and objects that are not what they were.

use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::{Method, StatusCode, header};

use super::{
    films::planned,
    parts::sha256,
    platform::{Answer, Client, Platform, send},
};

async fn get_with(client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = client.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request).await
}

#[tokio::test]
async fn playlists_are_whole_as_soon_as_the_plan_stands() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let video = ann.get(&film.address).await.expect(StatusCode::OK).json();
    assert_eq!((video["state"].as_str(), video["progress"].as_f64()), (Some("processing"), Some(0.0)));
    assert_eq!(video["hls_url"], film.media("index.m3u8"));
    assert_eq!(video["poster_url"], serde_json::Value::Null);

    let visitor = platform.visitor();
    let multivariant = visitor.get(video["hls_url"].as_str().unwrap()).await.expect(StatusCode::OK);
    assert_eq!(multivariant.header("content-type"), "application/vnd.apple.mpegurl");
    assert_eq!(multivariant.header("x-content-type-options"), "nosniff");
    let text = String::from_utf8(multivariant.body.to_vec()).unwrap();
    assert!(text.starts_with("#EXTM3U") && text.contains("video-360/index.m3u8"), "{text}");
    let media = visitor.get(&film.media("video-360/index.m3u8")).await.expect(StatusCode::OK);
    let text = String::from_utf8(media.body.to_vec()).unwrap();
    let listed = text.lines().filter(|line| line.ends_with(".m4s")).count();
    assert_eq!(listed as u32, film.plan.grid.segment_count());
    assert!(text.trim_end().ends_with("#EXT-X-ENDLIST"));
    let dash = visitor.get(&film.media("index.mpd")).await.expect(StatusCode::OK);
    assert_eq!(dash.header("content-type"), "application/dash+xml");
    platform.stop().await;
}

#[tokio::test]
async fn ranges_head_and_validators_work_as_rfc_9110_says() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let content = b"0123456789";
    film.make(&platform, "video-360", 0, content).await;
    film.make_init(&platform, "video-360", b"init").await;
    film.make_poster(&platform, b"\xff\xd8jpeg").await;
    let path = film.media("video-360/00000.m4s");
    let visitor = platform.visitor();
    let tag = format!("\"{}\"", sha256(content));

    let whole = visitor.get(&path).await.expect(StatusCode::OK);
    assert_eq!(whole.body, &content[..]);
    assert_eq!(whole.header("etag"), tag);
    assert_eq!(whole.header("content-type"), "video/iso.segment");
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), "10");

    let weak = format!("W/{tag}");
    let list = format!("\"x\", {tag}");
    for (range, extra, status, body, content_range) in [
        ("bytes=2-4", None, 206, "234", "bytes 2-4/10"),
        ("bytes=7-", None, 206, "789", "bytes 7-9/10"),
        ("bytes=-2", None, 206, "89", "bytes 8-9/10"),
        ("bytes=0-99", None, 206, "0123456789", "bytes 0-9/10"),
        ("bytes=0-1,4-5", None, 200, "0123456789", ""),
        ("bytes=x", None, 200, "0123456789", ""),
        ("bytes=10-", None, 416, "", "bytes */10"),
        ("bytes=2-4", Some((header::IF_RANGE, tag.as_str())), 206, "234", "bytes 2-4/10"),
        ("bytes=2-4", Some((header::IF_RANGE, weak.as_str())), 200, "0123456789", ""),
        ("bytes=2-4", Some((header::IF_RANGE, "\"other\"")), 200, "0123456789", ""),
        ("bytes=2-4", Some((header::IF_NONE_MATCH, tag.as_str())), 304, "", ""),
        ("", Some((header::IF_NONE_MATCH, weak.as_str())), 304, "", ""),
        ("", Some((header::IF_NONE_MATCH, list.as_str())), 304, "", ""),
        ("", Some((header::IF_NONE_MATCH, "*")), 304, "", ""),
        ("", Some((header::IF_NONE_MATCH, "\"other\"")), 200, "0123456789", ""),
    ] {
        let mut headers = vec![];
        if !range.is_empty() {
            headers.push(("range", range));
        }
        if let Some((name, value)) = &extra {
            headers.push((name.as_str(), *value));
        }
        let answer = get_with(&visitor, Method::GET, &path, &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        assert_eq!(answer.header("content-range"), content_range, "{headers:?}");
        if status != 416 {
            assert_eq!(answer.body, body.as_bytes(), "{headers:?}");
            assert_eq!(answer.header("etag"), tag);
        }
    }

    let head = get_with(&visitor, Method::HEAD, &path, &[("range", "bytes=2-4")]).await.expect(StatusCode::OK);
    assert_eq!((head.header("content-length"), head.body.len()), ("10", 0));
    for (file, media_type) in [("video-360/init.mp4", "video/mp4"), ("poster.jpg", "image/jpeg")] {
        let answer = visitor.get(&film.media(file)).await.expect(StatusCode::OK);
        assert_eq!(answer.header("content-type"), media_type);
    }
    let video = visitor.get(&film.address).await.json();
    assert_eq!(video["poster_url"], film.media("poster.jpg"));
    platform.stop().await;
}

#[tokio::test]
async fn only_what_everyone_may_see_may_be_kept_by_everyone() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    for (privacy, caching) in [
        ("public", "public, max-age=31536000, immutable"),
        ("unlisted", "private, no-store"),
        ("private", "private, no-store"),
    ] {
        let film = planned(&platform, &ann, privacy).await;
        film.make(&platform, "video-360", 0, b"x").await;
        for file in ["index.m3u8", "video-360/index.m3u8", "video-360/00000.m4s"] {
            let answer = ann.get(&film.media(file)).await.expect(StatusCode::OK);
            assert_eq!(answer.header("cache-control"), caching, "{privacy} {file}");
            let tag = answer.header("etag").to_owned();
            let same = get_with(&ann, Method::GET, &film.media(file), &[("if-none-match", &tag)]).await;
            assert_eq!(same.expect(StatusCode::NOT_MODIFIED).header("cache-control"), caching);
        }
        let nothing = ann.get(&film.media("video-360/99999.m4s")).await;
        assert_eq!(nothing.header("cache-control"), "no-store");
    }
    platform.stop().await;
}

#[tokio::test]
async fn what_is_not_planned_is_not_there() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let began = Instant::now();
    for file in [
        "video-360/99999.m4s",
        "video-360/0.m4s",
        "video-360/00000.mp4",
        "video-1080/00000.m4s",
        "video-1080/index.m3u8",
        "video-360/..%2f..%2findex.m3u8",
        "poster.jpg",
        "..%2f..%2fmezzanine/00001",
        "%ff/index.m3u8",
    ] {
        ann.get(&film.media(file)).await.refused(404, "not_found");
    }
    for plan in ["0".repeat(32), film.hash.clone(), film.hash[..16].to_owned(), "..".to_owned()] {
        ann.get(&format!("{}/media/{plan}/index.m3u8", film.address)).await.refused(404, "not_found");
    }
    assert!(began.elapsed() < Duration::from_secs(4), "nobody waits for what will never be");
    platform.stop().await;
}

#[tokio::test]
async fn a_request_for_a_segment_that_is_not_made_waits_for_it() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let visitor = platform.visitor();
    let path = film.media("video-360/00001.m4s");
    let waiting = tokio::spawn(async move { visitor.get(&path).await });
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(!waiting.is_finished());
    film.make(&platform, "video-360", 1, b"made").await;
    let answer = waiting.await.unwrap().expect(StatusCode::OK);
    assert_eq!(answer.body, "made");
    platform.stop().await;
}

#[tokio::test]
async fn who_waited_long_enough_is_told_when_to_ask_again() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let began = Instant::now();
    let answer = ann.get(&film.media("video-360/00001.m4s")).await;
    assert!((7..12).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!(answer.header("retry-after"), "2");
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.refused(503, "not_made_yet");
    platform.stop().await;
}

#[tokio::test]
async fn an_altered_segment_is_never_served_and_is_made_again() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make_all(&platform).await;
    mutoscope_core::db::jobs::finish(&platform.app.db, &film.span).await.unwrap();
    assert_eq!(ann.get(&film.address).await.json()["state"], "ready");
    let key = film.segment_key("video-360", 1);
    platform.app.store.put(&key, Bytes::from_static(b"altered")).await.unwrap();

    let visitor = platform.visitor();
    let path = film.media("video-360/00001.m4s");
    let waiting = tokio::spawn(async move { visitor.get(&path).await });
    // The span is asked for again; whoever takes it makes the segment as it was.
    let again = demanded_job(&platform, &film).await;
    assert_eq!(ann.get(&film.address).await.json()["state"], "processing");
    let film = super::films::Film { span: again, ..film };
    film.make(&platform, "video-360", 1, b"video-360 1").await;
    assert_eq!(waiting.await.unwrap().expect(StatusCode::OK).body, "video-360 1");
    assert_eq!(ann.get(&film.address).await.json()["state"], "ready");
    platform.stop().await;
}

#[tokio::test]
async fn a_lost_poster_is_taken_again_and_whoever_asked_for_it_gets_it() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make_all(&platform).await;
    film.make_poster(&platform, b"poster").await;
    mutoscope_core::db::jobs::finish(&platform.app.db, &film.span).await.unwrap();
    let key = mutoscope_core::store::StorageKey::Poster { video_id: film.id, plan_hash: film.hash.clone() };
    platform.app.store.delete(&key).await.unwrap();

    let visitor = platform.visitor();
    let path = film.media("poster.jpg");
    let waiting = tokio::spawn(async move { visitor.get(&path).await });
    let again = demanded_job(&platform, &film).await;
    let video = ann.get(&film.address).await.json();
    assert_eq!(video["poster_url"], serde_json::Value::Null);
    assert_eq!(video["state"], "ready", "a film is whole without its poster");
    let film = super::films::Film { span: again, ..film };
    film.make_poster(&platform, b"poster").await;
    assert_eq!(waiting.await.unwrap().expect(StatusCode::OK).body, "poster");
    assert_eq!(ann.get(&film.address).await.json()["poster_url"], film.media("poster.jpg"));
    platform.stop().await;
}

/// The job that a viewer waits for, once there is one.
async fn demanded_job(platform: &Platform, film: &super::films::Film) -> mutoscope_core::db::jobs::Claim {
    use mutoscope_core::db::jobs::{self, Choice, Claimer};
    loop {
        let claimer = Claimer { owner: "test".to_owned(), fingerprint: film.plan.fingerprint.clone() };
        if let Some(job) = jobs::claim(&platform.app.db, &claimer, Choice::Demanded).await.unwrap() {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn captions_and_chapters_are_named_by_the_video_and_served_as_text_of_their_own_kind() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let visitor = platform.visitor();
    let video = visitor.get(&film.address).await.expect(StatusCode::OK).json();
    let track = &video["captions"][0];
    let expected = serde_json::json!({
        "language": "en", "title": "For all <b>", "default": false, "forced": false, "hearing_impaired": true,
        "url": film.media("captions-eng.vtt"),
    });
    assert_eq!(track, &expected);
    let chapter = |start_ms: u32, end_ms: u32, title: &str| serde_json::json!({ "start_ms": start_ms, "end_ms": end_ms, "title": title });
    let chapters = serde_json::json!([chapter(0, 4_000, "Begin"), chapter(4_000, 10_000, "Chapter 2")]);
    assert_eq!(video["chapters"], chapters);
    let listed = visitor.get("/api/v1/videos").await.expect(StatusCode::OK).json();
    assert_eq!(listed["videos"][0]["captions"], serde_json::json!([]), "lists carry none");

    let chapters = visitor.get(video["chapters_url"].as_str().unwrap()).await.expect(StatusCode::OK);
    assert_eq!(chapters.header("content-type"), "text/vtt");
    let text = String::from_utf8(chapters.body.to_vec()).unwrap();
    assert!(text.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nBegin\n"), "{text}");
    let playlist = visitor.get(&film.media("captions-eng/index.m3u8")).await.expect(StatusCode::OK);
    assert!(String::from_utf8_lossy(&playlist.body).contains("\n../captions-eng.vtt\n"));

    film.make_captions(&platform, "captions-eng", b"WEBVTT\n\nthese").await;
    let captions = visitor.get(track["url"].as_str().unwrap()).await.expect(StatusCode::OK);
    assert_eq!((captions.header("content-type"), &captions.body[..]), ("text/vtt", &b"WEBVTT\n\nthese"[..]));
    assert_eq!(captions.header("x-content-type-options"), "nosniff");
    assert_eq!(captions.header("cache-control"), "public, max-age=31536000, immutable");
    for none in
        ["captions-ger.vtt", "captions-eng", "captions-eng.vtt/00000.m4s", "poster.vtt", "..%2fcaptions-eng.vtt"]
    {
        visitor.get(&film.media(none)).await.expect(StatusCode::NOT_FOUND);
    }
    platform.stop().await;
}
