//! A film through the gateway: up, out of the cache, past a role that died, and gone once it is private.

use std::time::{Duration, Instant};

use reqwest::{Method, Response, StatusCode, Url};
use serde_json::{Value, json};

use super::{
    nginx::{Nginx, Upstreams, free_port},
    role::Shared,
};
use crate::whole_way::{client::Client, film, playlist};

/// How long a video that was made private may still come out of the cache.
const GONE_WITHIN: Duration = Duration::from_secs(5);

/// Asks as a browser without a session.
async fn get(url: &Url) -> Response {
    reqwest::get(url.clone()).await.unwrap()
}

fn from_cache(answer: &Response) -> &str {
    answer.headers().get("x-cache").map_or("", |value| value.to_str().unwrap())
}

/// The addresses of the first rendition's playlist and of its first segment.
async fn addresses(visitor: &Client, video: &Value) -> (Url, Url) {
    let (index, answer) = visitor.fetch(visitor.base(), video["hls_url"].as_str().unwrap()).await;
    let multivariant = playlist::read_multivariant(&answer.text());
    let (media, answer) = visitor.fetch(&index, &multivariant.variants[0].address).await;
    let segment = media.join(&playlist::read_media(&answer.text()).segments[0]).unwrap();
    (index, segment)
}

/// Strangers are told apart by their own addresses, and by nothing that they say of themselves.
async fn views(nginx: &Nginx, id: &str) {
    let from = |address: [u8; 4]| {
        reqwest::Client::builder().local_address(Some(std::net::IpAddr::from(address))).build().unwrap()
    };
    let path = format!("{}/api/v1/videos/{id}/views", nginx.base());
    for address in [[127, 0, 0, 7], [127, 0, 0, 8], [127, 0, 0, 7]] {
        let claims = from(address).request(Method::POST, &path).header("x-forwarded-for", "203.0.113.7");
        assert_eq!(claims.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn a_film_plays_out_of_the_cache_past_a_dead_role_and_is_gone_within_5_s_once_it_is_private() {
    let shared = Shared::new();
    let mut first = shared.start("api-1", "api").ready().await;
    let second = shared.start("api-2", "api").ready().await;
    let api = [first.address().to_owned(), second.address().to_owned()];
    let nobody = format!("127.0.0.1:{}", free_port());
    let Some(nginx) = Nginx::start(&Upstreams { api, storage: nobody }) else { return };
    let _transcode = shared.start("transcode", "transcode");

    let visitor = Client::new(nginx.base());
    let owner = visitor.register("edith").await;
    let bytes = film::make(shared.path(), 320, 180, 4);
    let id = owner.upload("reel.mp4", "The little praxinoscope", &bytes).await;
    let video = owner.video_when(&id, |video| video["state"] == "ready").await;
    let carried =
        first.measure("mutoscope_uploaded_bytes_total").await + second.measure("mutoscope_uploaded_bytes_total").await;
    assert_eq!(carried, bytes.len() as f64);

    // Once from a role, then from the cache, whole or in part, as it is at the role itself.
    let (index, segment) = addresses(&visitor, &video).await;
    let whole = get(&segment).await.error_for_status().unwrap();
    assert_eq!(from_cache(&whole), "MISS");
    let whole = whole.bytes().await.unwrap();
    let again = get(&segment).await.error_for_status().unwrap();
    assert_eq!(from_cache(&again), "HIT");
    assert_eq!(again.headers()["cache-control"], "public, max-age=31536000, immutable");
    let tag = again.headers()["etag"].clone();
    assert_eq!(again.bytes().await.unwrap(), whole);
    let asked =
        |name: &'static str, value: &str| reqwest::Client::new().get(segment.clone()).header(name, value).send();
    let part = asked("range", "bytes=10-19").await.unwrap();
    assert_eq!((part.status(), from_cache(&part)), (StatusCode::PARTIAL_CONTENT, "HIT"));
    assert_eq!(part.bytes().await.unwrap(), whole.slice(10..20));
    assert_eq!(asked("if-none-match", tag.to_str().unwrap()).await.unwrap().status(), StatusCode::NOT_MODIFIED);
    // Another spelling of the same address is the program's to judge.
    let respelt = segment.as_str().replace("/media/", "/%6dedia/");
    assert_ne!(from_cache(&reqwest::get(&respelt).await.unwrap()), "HIT");
    for inside in ["/metrics", &format!("/gateway/videos/{id}"), "/gateway/authorisation"] {
        let url = format!("{}{inside}", nginx.base());
        assert_eq!(reqwest::get(&url).await.unwrap().status(), StatusCode::NOT_FOUND, "{inside}");
    }
    views(&nginx, &id).await;
    owner.video_when(&id, |video| video["views"] == 2).await;

    // A role dies: nobody notices.
    first.kill();
    for _ in 0..20 {
        visitor.get(&format!("videos/{id}")).await.expect(200);
        get(&segment).await.error_for_status().unwrap();
    }
    let part = owner.create_upload("second.mp4", 1000, "Part of another").await;
    assert!(owner.put_part(&part, 1, &[1; 1000], &[1; 1000]).await.status.is_success());

    // From now on only its owner sees it.
    let wish = json!({"privacy": "private"});
    owner.patch(&format!("videos/{id}"), wish).await.expect(200);
    let hidden = Instant::now();
    for url in [&segment, &index] {
        while get(url).await.status() != StatusCode::NOT_FOUND {
            assert!(hidden.elapsed() < GONE_WITHIN, "still served after {:?}", hidden.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    println!("gone from the cache after {:?}", hidden.elapsed());
    let (_, own) = owner.fetch(&segment, "").await;
    assert_eq!(own.status, 200);
    assert_eq!(own.headers["cache-control"], "private, no-store");
    assert_eq!(own.body, whole);
    assert_eq!(get(&segment).await.status(), StatusCode::NOT_FOUND);
    // And everyone again: where the gateway has just been told "no", the role answers.
    owner.patch(&format!("videos/{id}"), json!({"privacy": "public"})).await.expect(200);
    let shown = Instant::now();
    while get(&segment).await.status() != StatusCode::OK {
        assert!(shown.elapsed() < GONE_WITHIN, "still hidden after {:?}", shown.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
