//! What every storage must do alike.

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use mutoscope_core::{
    id::{UploadId, VideoId},
    store::{MediaStore, StorageKey, StoreError},
};
use sha2::{Digest, Sha256};

fn segment(video_id: VideoId, number: u32) -> StorageKey {
    StorageKey::Segment { video_id, plan_hash: "00ff".to_owned(), rendition: "video-720".to_owned(), number }
}

pub async fn run(store: &MediaStore) {
    let video_id = VideoId::new();
    let key = segment(video_id, 0);
    let body = Bytes::from_static(b"0123456789");

    assert!(matches!(store.get(&key).await, Err(StoreError::NotFound)));
    assert!(matches!(store.head(&key).await, Err(StoreError::NotFound)));
    store.delete(&key).await.expect("deleting nothing is no error");

    store.put(&key, Bytes::from_static(b"first")).await.unwrap();
    store.put(&key, body.clone()).await.expect("a second put replaces the first");
    assert_eq!(store.get(&key).await.unwrap(), body);
    assert_eq!(store.head(&key).await.unwrap().size_bytes, 10);
    assert_eq!(store.get_range(&key, 2..5).await.unwrap(), "234");
    assert!(store.get_range(&key, 8..12).await.is_err(), "a range past the end is no shorter answer");
    let streamed: Vec<Bytes> = store.stream(&key, 3..10).await.unwrap().try_collect().await.unwrap();
    assert_eq!(streamed.concat(), b"3456789");

    let sha256 = hex::encode(Sha256::digest(&body));
    assert_eq!(store.get_checked(&key, &sha256).await.unwrap(), body);
    let other = hex::encode(Sha256::digest(b"other"));
    assert!(matches!(store.get_checked(&key, &other).await, Err(StoreError::Altered)));

    let neighbour = VideoId::new();
    store.put(&segment(neighbour, 0), body.clone()).await.unwrap();
    store.put(&segment(video_id, 1), body).await.unwrap();
    let prefix = StorageKey::video_prefix(video_id);
    assert_eq!(store.list(&prefix).await.unwrap().len(), 2);
    assert_eq!(store.delete_prefix(&prefix).await.unwrap(), 2);
    assert!(store.list(&prefix).await.unwrap().is_empty());
    assert_eq!(store.delete_prefix(&prefix).await.unwrap(), 0);
    assert!(store.head(&segment(neighbour, 0)).await.is_ok(), "other videos stay");
}

pub async fn links(store: &MediaStore) {
    let body = b"a part";
    let sha256: [u8; 32] = Sha256::digest(body).into();
    let key = StorageKey::UploadPart {
        video_id: VideoId::new(),
        upload_id: UploadId::new(),
        number: 1,
        sha256: hex::encode(sha256),
    };
    let link = store.upload_link(&key, &sha256, Duration::from_secs(60)).await.unwrap().expect("S3 signs links");
    let client = reqwest::Client::new();
    let put = |url: String, body: &'static [u8], headers: Vec<(String, String)>| {
        let client = client.clone();
        async move {
            let mut request = client.put(url).body(body);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            request.send().await.unwrap().status().as_u16()
        }
    };

    let tampered = link.url.replace("00001-", "00002-");
    assert_ne!(put(tampered, body, link.headers.clone()).await, 200, "another key");
    assert_ne!(put(link.url.clone(), body, Vec::new()).await, 200, "without its checksum");
    assert!(matches!(store.head(&key).await, Err(StoreError::NotFound)));
    assert_eq!(put(link.url.clone(), body, link.headers.clone()).await, 200);
    assert_eq!(store.get(&key).await.unwrap(), &body[..]);
    // Only the answer is asserted: this server keeps what it refused (a real one does not).
    assert_ne!(put(link.url, b"others", link.headers).await, 200, "other bytes");
}

/// An object written piece by piece is there once it is published, whole, and never before.
pub async fn writers(store: &MediaStore) {
    let video_id = VideoId::new();
    let key = segment(video_id, 3);
    let piece = Bytes::from(vec![7u8; 3 << 20]);

    let mut given_up = store.writer(&key).await.unwrap();
    given_up.write(piece.clone()).await.unwrap();
    given_up.write(piece.clone()).await.unwrap();
    assert!(matches!(store.head(&key).await, Err(StoreError::NotFound)));
    given_up.abort().await.unwrap();
    assert!(matches!(store.head(&key).await, Err(StoreError::NotFound)));

    let mut wanted = store.writer(&key).await.unwrap();
    for _ in 0..3 {
        wanted.write(piece.clone()).await.unwrap();
    }
    wanted.write(Bytes::from_static(b"end")).await.unwrap();
    wanted.publish().await.unwrap();
    let stored = store.get(&key).await.unwrap();
    assert_eq!(stored.len(), 3 * piece.len() + 3);
    assert!(stored.ends_with(b"\x07end"));

    let other = segment(video_id, 4);
    store.put(&other, Bytes::from_static(b"x")).await.unwrap();
    let kept = [other.path().unwrap().to_string()].into();
    let prefix = StorageKey::video_prefix(video_id);
    assert_eq!(store.delete_others(&prefix, &kept).await.unwrap(), 1);
    assert_eq!(store.list(&prefix).await.unwrap().len(), 1);
    assert_eq!(store.delete_prefix(&prefix).await.unwrap(), 1);
    assert!(store.list(&prefix).await.unwrap().is_empty());
}
