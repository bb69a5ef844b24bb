//! The way of an upload, and everything that can go wrong on it.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    parts::{PART, address, begin, film, link, part, send_part, sha256, there},
    platform::{Client, Platform},
};

async fn complete(client: &Client, upload: &Value) -> super::platform::Answer {
    client.post(&format!("{}/complete", address(upload)), &json!({})).await
}

#[tokio::test]
async fn a_film_goes_up_in_parts_and_is_queued() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(2 * PART + 5, 1);
    let upload = begin(&ann, film.len()).await;
    assert_eq!((upload["part_size_bytes"].as_u64(), upload["part_count"].as_u64()), (Some(PART as u64), Some(3)));
    for number in [3, 1, 2] {
        send_part(&ann, &upload, &film, number).await;
    }
    let shown = ann.get(&address(&upload)).await.expect(StatusCode::OK).json();
    assert_eq!(shown["parts"][2]["size_bytes"], 5);
    assert_eq!(shown["parts"][2]["sha256_hex"], sha256(&film[2 * PART..]));

    for _ in 0..2 {
        let done = complete(&ann, &upload).await.expect(StatusCode::ACCEPTED).json();
        assert_eq!(done["video_id"], upload["video_id"]);
    }
    let video = ann.get(&format!("/api/v1/videos/{}", upload["video_id"].as_str().unwrap())).await.json();
    assert_eq!(video["state"], "queued");
    assert_eq!(platform.objects().await.len(), 3, "the parts stay as they came");

    let id = upload["video_id"].as_str().unwrap().parse().unwrap();
    let parts = mutoscope_core::db::uploads::mezzanine(&platform.app.db, id).await.unwrap();
    let mezzanine = mutoscope_core::store::Mezzanine::new(platform.app.store.clone(), parts);
    assert_eq!(mezzanine.len(), film.len() as u64);
    let (from, to) = (PART - 3, 2 * PART + 5);
    assert_eq!(mezzanine.read(from as u64..to as u64).await.unwrap(), film[from..to]);
    platform.stop().await;
}

#[tokio::test]
async fn a_part_that_is_not_what_was_announced_is_refused_and_leaves_nothing() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(PART + 100, 1);
    let upload = begin(&ann, film.len()).await;
    let whole = part(&film, 1);
    let link = link(&ann, &upload, 1, &sha256(&whole)).await;

    let mut altered = whole.clone();
    altered[PART / 2] ^= 1;
    ann.put(&link, altered).await.refused(422, "part_altered");
    ann.put(&link, whole[..PART - 1].to_vec()).await.refused(422, "part_too_short");
    ann.put(&link, Vec::new()).await.refused(422, "part_too_short");
    let mut longer = whole.clone();
    longer.push(0);
    ann.put(&link, longer).await.refused(413, "part_too_large");
    assert!(platform.objects().await.is_empty());
    assert!(there(&ann, &upload).await.is_empty());

    ann.put(&link, whole.clone()).await.expect(StatusCode::OK);
    ann.put(&link, whole).await.expect(StatusCode::OK);
    assert_eq!(there(&ann, &upload).await, [1]);
    platform.stop().await;
}

#[tokio::test]
async fn a_body_without_a_length_is_cut_off_where_it_is_too_long() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 100).await;
    let link = link(&ann, &upload, 1, &sha256(&[0; 100])).await;
    let chunks = (0..300).map(|_| Ok::<_, std::io::Error>(vec![0u8; 1000]));
    let body = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
    ann.put(&link, body).await.refused(413, "part_too_large");
    let broken = [Ok(vec![0u8; 50]), Err(std::io::Error::other("the cable is cut"))];
    let body = reqwest::Body::wrap_stream(futures::stream::iter(broken));
    let url = link["url"].as_str().unwrap();
    assert!(reqwest::Client::new().put(url).body(body).send().await.is_err());
    assert!(there(&ann, &upload).await.is_empty());
    ann.put(&link, vec![0u8; 100]).await.expect(StatusCode::OK);
    platform.stop().await;
}

#[tokio::test]
async fn of_two_requests_for_one_part_the_later_one_goes_on() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 100).await;
    let link = link(&ann, &upload, 1, &sha256(&[0; 100])).await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    let stalled = futures::stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    let stalled = reqwest::Body::wrap_stream(Box::pin(stalled));
    sender.send(Ok(vec![0; 50])).await.unwrap();
    let (first, first_link) = (ann.clone(), link.clone());
    let first = tokio::spawn(async move { first.put(&first_link, stalled).await });
    while platform.objects().await.is_empty() && staged(&platform) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ann.put(&link, vec![0; 100]).await.expect(StatusCode::OK);
    drop(sender);
    first.await.unwrap().refused(400, "part_broken");
    assert_eq!(there(&ann, &upload).await, [1]);
    assert_eq!((platform.objects().await.len(), staged(&platform)), (1, 0));
    platform.stop().await;
}

/// Files that a writer has begun and not published.
fn staged(platform: &Platform) -> usize {
    let mut folders = vec![std::path::PathBuf::from(platform.data_folder()).join("objects")];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => count += usize::from(entry.file_name().to_string_lossy().contains('#')),
            }
        }
    }
    count
}

#[tokio::test]
async fn a_link_that_was_touched_is_no_link() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(PART + 100, 1);
    let upload = begin(&ann, film.len()).await;
    let link = link(&ann, &upload, 1, &sha256(&part(&film, 1))).await;
    let url = link["url"].as_str().unwrap();
    let other = sha256(b"other");
    let own = sha256(&part(&film, 1));
    let id = upload["id"].as_str().unwrap();
    for (from, to) in [
        ("/parts/1?", "/parts/2?"),
        (own.as_str(), other.as_str()),
        ("expires=1", "expires=2"),
        ("signature=", "signature=0"),
        ("&key=", "&key=x"),
        ("&signature=", "&sig="),
        (id, "00000000-0000-7000-8000-000000000000"),
        ("/parts/1?", "/parts/x?"),
    ] {
        let touched = url.replace(from, to);
        assert_ne!(touched, url, "{from}");
        ann.put(&json!({ "url": touched, "headers": {} }), part(&film, 1)).await.refused(403, "link_invalid");
    }
    let bare = url.split('?').next().unwrap();
    ann.put(&json!({ "url": bare, "headers": {} }), part(&film, 1)).await.refused(403, "link_invalid");
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn a_link_whose_time_is_over_is_told_so_and_a_new_one_works() {
    let platform = Platform::start_with(|config| config.uploads.link_lifetime = Duration::ZERO).await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 10).await;
    let link = link(&ann, &upload, 1, &sha256(&[0; 10])).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    ann.put(&link, vec![0; 10]).await.refused(403, "link_expired");
    platform.stop().await;
}

#[tokio::test]
async fn links_are_absolute_bound_to_their_time_and_follow_the_public_address() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 10).await;
    let plain = link(&ann, &upload, 1, &sha256(&[0; 10])).await;
    assert!(plain["url"].as_str().unwrap().starts_with(&format!("{}/api/v1/uploads/", platform.base)));
    let expires_at = chrono::DateTime::parse_from_rfc3339(plain["expires_at"].as_str().unwrap()).unwrap();
    let left = expires_at.signed_duration_since(chrono::Utc::now());
    assert!((14..=15).contains(&left.num_minutes()), "{left}");
    platform.stop().await;

    let platform =
        Platform::start_with(|config| config.network.public_url = Some("https://films.example".parse().unwrap())).await;
    let bob = platform.user("bob").await;
    let upload = begin(&bob, 10).await;
    let public = link(&bob, &upload, 1, &sha256(&[0; 10])).await;
    assert!(public["url"].as_str().unwrap().starts_with("https://films.example/api/v1/uploads/"));
    platform.stop().await;
}

#[tokio::test]
async fn completion_names_the_parts_that_are_not_there() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(3 * PART, 1);
    let upload = begin(&ann, film.len()).await;
    send_part(&ann, &upload, &film, 2).await;
    let problem = complete(&ann, &upload).await.refused(409, "parts_missing");
    assert_eq!(problem["parts"], json!([{ "number": 1, "fault": "missing" }, { "number": 3, "fault": "missing" }]));
    assert!(problem["detail"].as_str().unwrap().contains("1, 3"));
    send_part(&ann, &upload, &film, 1).await;
    send_part(&ann, &upload, &film, 3).await;
    complete(&ann, &upload).await.expect(StatusCode::ACCEPTED);
    platform.stop().await;
}

#[tokio::test]
async fn a_part_whose_object_was_cut_or_lost_is_named_and_sent_again() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(2 * PART, 1);
    let upload = begin(&ann, film.len()).await;
    send_part(&ann, &upload, &film, 1).await;
    send_part(&ann, &upload, &film, 2).await;
    let mut objects = platform.objects().await;
    objects.sort();
    let root = format!("{}/objects", platform.data_folder());
    std::fs::write(format!("{root}/{}", objects[0]), b"short").unwrap();
    std::fs::remove_file(format!("{root}/{}", objects[1])).unwrap();
    let problem = complete(&ann, &upload).await.refused(409, "parts_missing");
    assert_eq!(problem["parts"], json!([{ "number": 1, "fault": "too_short" }, { "number": 2, "fault": "missing" }]));
    assert!(there(&ann, &upload).await.is_empty());
    send_part(&ann, &upload, &film, 1).await;
    send_part(&ann, &upload, &film, 2).await;
    complete(&ann, &upload).await.expect(StatusCode::ACCEPTED);
    platform.stop().await;
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart_where_it_was() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(2 * PART + 1, 1);
    let upload = begin(&ann, film.len()).await;
    send_part(&ann, &upload, &film, 1).await;
    let old = link(&ann, &upload, 2, &sha256(&part(&film, 2))).await;
    let platform = platform.restart().await;
    let ann = platform.sign_in("ann").await;
    assert_eq!(there(&ann, &upload).await, [1]);
    let path = old["url"].as_str().unwrap().split_once("/api/").unwrap().1;
    let moved = json!({ "url": format!("{}/api/{path}", platform.base), "headers": {} });
    ann.put(&moved, part(&film, 2)).await.expect(StatusCode::OK);
    send_part(&ann, &upload, &film, 3).await;
    complete(&ann, &upload).await.expect(StatusCode::ACCEPTED);
    platform.stop().await;
}

#[tokio::test]
async fn a_part_can_be_announced_anew_with_another_content() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let upload = begin(&ann, 10).await;
    let first = link(&ann, &upload, 1, &sha256(&[1; 10])).await;
    ann.put(&first, vec![1; 10]).await.expect(StatusCode::OK);
    let second = link(&ann, &upload, 1, &sha256(&[2; 10])).await;
    assert!(platform.objects().await.is_empty(), "the old content goes at once");
    ann.put(&first, vec![1; 10]).await.refused(409, "link_replaced");
    ann.put(&second, vec![2; 10]).await.expect(StatusCode::OK);
    assert_eq!(platform.objects().await.len(), 1);
    complete(&ann, &upload).await.expect(StatusCode::ACCEPTED);
    ann.put(&second, vec![2; 10]).await.refused(409, "upload_closed");
    platform.stop().await;
}

#[tokio::test]
async fn an_upload_is_given_up_with_its_video_and_its_bytes() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(PART + 1, 1);
    let upload = begin(&ann, film.len()).await;
    send_part(&ann, &upload, &film, 1).await;
    let late = link(&ann, &upload, 2, &sha256(&part(&film, 2))).await;
    ann.delete(&address(&upload)).await.expect(StatusCode::NO_CONTENT);
    ann.get(&address(&upload)).await.refused(404, "not_found");
    let video = format!("/api/v1/videos/{}", upload["video_id"].as_str().unwrap());
    ann.get(&video).await.refused(404, "not_found");
    ann.put(&late, part(&film, 2)).await.refused(404, "not_found");
    platform.sweep(Duration::ZERO).await;
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn an_abandoned_upload_is_swept_after_a_day() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = film(PART + 1, 1);
    let upload = begin(&ann, film.len()).await;
    send_part(&ann, &upload, &film, 1).await;
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    assert_eq!(platform.sweep(hours(23)).await.uploads, 0);
    assert_eq!(platform.sweep(hours(25)).await.uploads, 1);
    assert!(platform.objects().await.is_empty());
    ann.get(&address(&upload)).await.refused(404, "not_found");
    platform.stop().await;
}

#[tokio::test]
async fn other_people_s_uploads_are_not_there() {
    let platform = Platform::start().await;
    let (root, ann) = (platform.user("root").await, platform.user("ann").await);
    let upload = begin(&ann, 10).await;
    for other in [platform.user("bob").await, root] {
        other.get(&address(&upload)).await.refused(404, "not_found");
        other.delete(&address(&upload)).await.refused(404, "not_found");
        complete(&other, &upload).await.refused(404, "not_found");
        let body = json!({ "parts": [{ "number": 1, "sha256_hex": sha256(b"x") }] });
        other.post(&format!("{}/links", address(&upload)), &body).await.refused(404, "not_found");
    }
    let visitor = platform.visitor();
    visitor.get(&address(&upload)).await.refused(401, "not_signed_in");
    visitor.post("/api/v1/uploads", &super::parts::description_of(1)).await.refused(401, "not_signed_in");
    ann.get("/api/v1/uploads/not-an-id").await.refused(404, "not_found");
    platform.stop().await;
}
