//! What passes through as it comes: parts to an api role, parts to the storage by links that the storage signed.

use std::time::Duration;

use bytes::Bytes;
use mutoscope_core::{
    id::{UploadId, VideoId},
    store::{MediaStore, S3Settings, StorageKey, StoreSettings},
};
use reqwest::{Body, Client, StatusCode};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::{
    nginx::{Nginx, Upstreams, free_port},
    upstream::{Begun, Upstream},
};
use crate::bucket;

const PIECE: usize = 1 << 20;
const PIECES: usize = 12;

fn nobody() -> String {
    format!("127.0.0.1:{}", free_port())
}

/// A body that comes as it is sent.
fn body() -> (mpsc::Sender<Bytes>, Body) {
    let (sender, receiver) = mpsc::channel::<Bytes>(1);
    let pieces = futures::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|piece| (Ok::<_, std::io::Error>(piece), receiver))
    });
    (sender, Body::wrap_stream(pieces))
}

/// Sends a part through the gateway; its first byte must be behind it long before its last one is sent.
async fn passes(nginx: &Nginx, upstream: &Upstream, path: &str) -> Begun {
    let (pieces, body) = body();
    let request = Client::new()
        .put(format!("{}{path}", nginx.base()))
        .header("content-length", PIECE * PIECES)
        .header("cookie", "mutoscope_access=secret")
        .header("authorization", "Bearer secret")
        .body(body);
    let sending = tokio::spawn(async move { request.send().await.unwrap().status() });
    pieces.send(Bytes::from(vec![7; PIECE])).await.unwrap();
    let mut begun = upstream.begin(PIECE / 2).await;
    let rest = async {
        for _ in 1..PIECES {
            pieces.send(Bytes::from(vec![7; PIECE])).await.unwrap();
        }
        drop(pieces);
    };
    tokio::join!(rest, begun.end(PIECE * PIECES));
    assert_eq!(sending.await.unwrap(), StatusCode::OK);
    begun
}

#[tokio::test]
async fn parts_pass_through_before_they_have_ended() {
    let (api, storage) = (Upstream::open().await, Upstream::open().await);
    let address = api.address().to_string();
    let upstreams = Upstreams { api: [address.clone(), address], storage: storage.address().to_string() };
    let Some(nginx) = Nginx::start(&upstreams) else { return };

    let part = "/api/v1/uploads/0/parts/1?sha256=0&expires=0&key=0&signature=0";
    let seen = passes(&nginx, &api, part).await;
    assert_eq!(seen.head.lines().next(), Some(format!("PUT {part} HTTP/1.1").as_str()));
    assert_eq!(seen.header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(seen.header("x-forwarded-proto"), Some("http"));

    let link = "/mutoscope/videos/0/part?X-Amz-Expires=900&X-Amz-Signature=0a";
    let seen = passes(&nginx, &storage, link).await;
    assert_eq!(seen.head.lines().next(), Some(format!("PUT {link} HTTP/1.1").as_str()));
    // The Host is what was signed; who is signed in here is no business of the storage's.
    assert_eq!(seen.header("host").map(|host| format!("http://{host}")).as_deref(), Some(nginx.base()));
    assert_eq!((seen.header("cookie"), seen.header("authorization")), (None, None));

    let log = nginx.log();
    assert!(!log.contains("temporary file") && !log.contains("signature"), "{log}");
}

#[tokio::test]
async fn a_link_to_the_storage_works_through_the_gateway_as_it_was_signed_and_nothing_else_does() {
    let server = bucket::Server::start("mutoscope").await;
    let StoreSettings::S3(settings) = server.settings("") else { unreachable!("a bucket") };
    let storage = settings.endpoint.clone().unwrap();
    let upstreams = Upstreams { api: [nobody(), nobody()], storage: storage.replace("http://", "") };
    let Some(nginx) = Nginx::start(&upstreams) else { return };
    let settings = S3Settings { public_endpoint: Some(nginx.base().to_owned()), ..settings };
    let store = MediaStore::open(&StoreSettings::S3(settings)).unwrap();

    let bytes = vec![9; 3 * PIECE];
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    let (video_id, upload_id) = (VideoId::new(), UploadId::new());
    let key = StorageKey::UploadPart { video_id, upload_id, number: 1, sha256: hex::encode(hash) };
    let link = store.upload_link(&key, &hash, Duration::from_secs(60)).await.unwrap().unwrap();
    assert!(link.url.starts_with(&format!("{}/mutoscope/", nginx.base())), "{}", link.url);
    let put = async |url: &str| {
        let mut request = Client::new().put(url).body(bytes.clone());
        for (name, value) in &link.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status()
    };
    assert!(!put(&link.url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")).await.is_success());
    let (unsigned, _) = link.url.split_once('?').unwrap();
    assert_eq!(put(unsigned).await, StatusCode::NOT_FOUND);
    assert_eq!(reqwest::get(&link.url).await.unwrap().status(), StatusCode::NOT_FOUND, "links are for storing alone");
    assert_eq!(reqwest::get(format!("{}/mutoscope/", nginx.base())).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(put(&link.url).await, StatusCode::OK);
    assert_eq!(store.get(&key).await.unwrap().len(), bytes.len());
}
