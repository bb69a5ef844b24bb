//! What people should not send: each gets a clear error of its own, and the platform goes on.

use serde_json::{Value, json};

use super::{client::Client, film, platform::Platform};

#[tokio::test]
async fn files_that_are_no_film_fail_with_a_reason_and_the_platform_goes_on() {
    let platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let film = film::make(folder.path(), 320, 180, 2);
    let secret = folder.path().join("secret.mp4");
    std::fs::write(&secret, &film).expect("a temporary file");
    let playlist = format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n", secret.display());
    let text = "It was a dark and stormy night. ".repeat(200);

    let mut messages = Vec::new();
    for (name, bytes) in [
        ("text.mp4", text.as_bytes()),
        ("truncated.mp4", &film[..film.len() / 10]),
        ("playlist.mp4", playlist.as_bytes()),
    ] {
        let id = owner.upload(name, name, bytes).await;
        let video = owner.video_when(&id, |video| video["state"] == "failed" || video["state"] == "ready").await;
        assert_eq!(video["state"], "failed", "{name}: {video}");
        assert_eq!(video["hls_url"], Value::Null);
        let message = video["failure"]["message"].as_str().expect("a sentence");
        assert!(video["failure"]["code"].is_string());
        shows_no_path(&platform, &video.to_string());
        messages.push(format!("{name}: {message}"));
    }
    println!("{}", messages.join("\n"));

    let id = owner.upload("film.mp4", "A film after all", &film).await;
    owner.video_when(&id, |video| video["state"] == "ready").await;
}

#[tokio::test]
async fn parts_that_are_not_what_was_announced_do_not_count() {
    let platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    let bytes = vec![7_u8; 5_000];

    let empty = json!({"file_name": "empty.mp4", "size_bytes": 0, "title": "Empty", "privacy": "public"});
    let answer = owner.post("uploads", empty).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    let huge = json!({"file_name": "huge.mp4", "size_bytes": i64::MAX, "title": "Huge", "privacy": "public"});
    let answer = owner.post("uploads", huge).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());

    let upload = owner.create_upload("film.mp4", bytes.len(), "A film").await;
    let missing = owner.complete(&upload).await;
    assert!(missing.status.is_client_error(), "{}", missing.text());
    refused(&owner.put_part(&upload, 1, &bytes, &[]).await.text(), "a part of 0 bytes");
    refused(&owner.put_part(&upload, 1, &bytes, &[8; 5_000]).await.text(), "an altered part");
    refused(&owner.put_part(&upload, 1, &bytes, &[7; 9_000]).await.text(), "a part that is too long");
    let missing = owner.complete(&upload).await;
    assert!(missing.status.is_client_error(), "{}", missing.text());
    assert!(missing.text().contains('1'), "the part is named: {}", missing.text());

    let answer = owner.put_part(&upload, 1, &bytes, &bytes).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    owner.complete(&upload).await.expect(202);
}

#[tokio::test]
async fn forged_tokens_open_nothing() {
    let platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    let visitor = platform.visitor();
    owner.get("auth/me").await.expect(200);

    // {"alg":"none"} and {"sub":"edith"}, unsigned.
    let unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJlZGl0aCJ9.";
    for token in [unsigned, "no token at all", "a.b.c"] {
        let answer = visitor.with_token(token).get("auth/me").await;
        assert_eq!(answer.problem(401), "invalid_token");
    }
    assert_eq!(visitor.get("auth/me").await.problem(401), "not_signed_in");
    assert_eq!(visitor.get("admin/users").await.problem(401), "not_signed_in");
    let other = visitor.register("other").await;
    assert_eq!(other.get("admin/users").await.problem(403), "administrators_only");
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_in_words() {
    let platform = Platform::start().await;
    let owner = platform.visitor().register("edith").await;
    for path in ["videos/nothing", "videos?cursor=broken", "videos?limit=0", "search?q=x&cursor=broken", "nowhere"] {
        let answer: super::client::Answer = owner.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        answer.problem(answer.status.as_u16());
        shows_no_path(&platform, &answer.text());
    }
    still_works(&owner).await;
}

fn refused(answer: &str, what: &str) {
    let problem: Value = serde_json::from_str(answer).unwrap_or_default();
    assert!(problem["code"].is_string(), "{what} is refused with a code: {answer}");
}

fn shows_no_path(platform: &Platform, answer: &str) {
    let folder = platform.data_folder().display().to_string();
    assert!(!answer.contains(&folder), "a path of the server in {answer}");
}

async fn still_works(client: &Client) {
    client.get("videos").await.expect(200);
}
