//! Requests that no well-meaning client sends: paths that climb, bodies of two lengths, cursors and names that were forged.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    films::planned,
    parts::{begin_with, description_of},
    platform::Platform,
};

/// Sends these bytes as they are, and reads what comes back until the connection is closed.
async fn raw(platform: &Platform, bytes: &[u8]) -> String {
    let address = platform.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn a_path_that_climbs_leads_nowhere() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    film.make(&platform, "video-360", 0, b"made").await;
    let good = film.media("video-360/00000.m4s");
    assert!(raw(&platform, &get(&good)).await.starts_with("HTTP/1.1 200"));
    for end in [
        "../../../../../../../../etc/passwd",
        "video-360/../../../../../../../../etc/passwd",
        "video-360/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "video-360/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "video-360/..%5c..%5cetc%5cpasswd",
        "video-360/%c0%ae%c0%ae/etc/passwd",
        "video-360/%252e%252e%252fetc%252fpasswd",
        "video-360/00000.m4s%00.jpg",
        "video-360/00000.m4s/",
        "video-360//00000.m4s",
        "video-360/./00000.m4s",
        "video-360/../video-360/00000.m4s",
        "..%2f..%2f..%2fmezzanine/00001",
        "%2e%2e/index.m3u8",
        "/etc/passwd",
    ] {
        let answer = raw(&platform, &get(&film.media(end))).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{end}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains(platform.data_folder()), "{end}: {answer}");
    }
    for path in [
        "/../../../../etc/passwd",
        "/assets/../../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
    ] {
        let answer = raw(&platform, &get(path)).await;
        assert!(!answer.contains("root:") && !answer.contains(platform.data_folder()), "{path}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 5"), "{path}: {answer}");
    }
    platform.stop().await;
}

#[tokio::test]
async fn a_request_of_two_lengths_is_one_request_or_none() {
    let platform = Platform::start().await;
    let smuggled = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let length = smuggled.len();
    for (head, body) in [
        (format!("content-length: 0\r\ncontent-length: {length}\r\n"), smuggled.to_owned()),
        (format!("content-length: {length}, 0\r\n"), smuggled.to_owned()),
        (format!("content-length: +{length}\r\n"), smuggled.to_owned()),
        ("content-length: -1\r\n".to_owned(), smuggled.to_owned()),
        ("content-length: 0x0\r\n".to_owned(), smuggled.to_owned()),
        ("transfer-encoding: identity\r\n".to_owned(), smuggled.to_owned()),
        ("transfer-encoding: chunked, identity\r\n".to_owned(), format!("0\r\n\r\n{smuggled}")),
        ("transfer-encoding : chunked\r\n".to_owned(), format!("0\r\n\r\n{smuggled}")),
        ("transfer-encoding: chunked\r\n".to_owned(), format!("-1\r\n\r\n{smuggled}")),
        ("transfer-encoding: chunked\r\n".to_owned(), format!("fffffffffffffffff\r\n{smuggled}")),
    ] {
        let request = format!(
            "POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{head}\r\n{body}"
        );
        let answer = raw(&platform, request.as_bytes()).await;
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{head:?}: {answer}");
        assert!(!answer.contains("HTTP/1.1 200"), "{head:?}: {answer}");
    }
    platform.visitor().get("/healthz").await.expect(StatusCode::OK);
    platform.stop().await;
}

#[tokio::test]
async fn a_cursor_that_was_forged_is_refused_or_leads_to_a_place_in_its_own_list() {
    let platform = Platform::start().await;
    let root = platform.user("root").await;
    let film = planned(&platform, &root, "public").await;
    root.post("/api/v1/admin/invitations", &json!({})).await.expect(StatusCode::CREATED);
    let id = film.id.to_string();
    let keys = [
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!("1"),
        json!("' OR 1=1 --"),
        json!(null),
        json!([]),
        json!({}),
        json!("\u{0}"),
        json!("x".repeat(300)),
    ];
    let lists = [
        ("/api/v1/videos", "newest", "videos"),
        ("/api/v1/videos?sort=views", "views", "videos"),
        ("/api/v1/channels/root", "channel", "videos"),
        ("/api/v1/me/videos", "mine", "videos"),
        ("/api/v1/admin/videos", "all", "videos"),
        ("/api/v1/admin/videos?state=failed", "failed", "videos"),
        ("/api/v1/admin/users", "", "users"),
        ("/api/v1/admin/invitations", "", "invitations"),
    ];
    let mut refused = 0;
    for (list, name, rows) in lists {
        let all = root.get(list).await.expect(StatusCode::OK).json();
        let all: Vec<&Value> = all[rows].as_array().unwrap().iter().map(|row| &row["id"]).collect();
        for key in &keys {
            let cursors = [
                json!({ "list": name, "key": key, "id": id }),
                json!({ "list": name, "key": 1, "id": key }),
                json!({ "list": key, "key": 1, "id": id }),
                json!([key, id]),
                json!([id, key]),
                json!([key]),
                key.clone(),
            ];
            for cursor in cursors {
                let sign = if list.contains('?') { '&' } else { '?' };
                let text = URL_SAFE_NO_PAD.encode(cursor.to_string());
                let answer = root.get(&format!("{list}{sign}cursor={text}")).await;
                if answer.status != StatusCode::OK {
                    answer.refused(400, "invalid_cursor");
                    refused += 1;
                    continue;
                }
                let page = answer.json();
                for row in page[rows].as_array().unwrap() {
                    assert!(all.contains(&&row["id"]), "{list} {cursor}: {row}");
                }
            }
        }
    }
    assert!(refused > 400, "{refused}");
    platform.stop().await;
}

#[tokio::test]
async fn a_file_name_never_comes_into_a_header() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    for name in [
        "a\r\nset-cookie: x=1.mp4",
        "a\nx-injected: 1.mp4",
        "a\"; filename=\"b.html",
        "../../../etc/passwd",
        "..\\..\\boot.ini",
        "\u{202e}4pm.exe",
        "a\u{0}.mp4",
    ] {
        let mut description = description_of(10);
        description["file_name"] = json!(name);
        let answer = ann.post("/api/v1/uploads", &description).await;
        assert!(answer.status == StatusCode::CREATED || answer.status == StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        if answer.status != StatusCode::CREATED {
            continue;
        }
        let upload = answer.json();
        let id = upload["id"].as_str().unwrap();
        let shown = ann.get(&format!("/api/v1/uploads/{id}")).await.expect(StatusCode::OK);
        for (header, value) in answer.headers.iter().chain(&shown.headers) {
            let value = String::from_utf8_lossy(value.as_bytes());
            assert!(header != "x-injected" && !value.contains("x=1") && !value.contains("passwd"), "{header}: {value}");
        }
        ann.delete(&format!("/api/v1/uploads/{id}")).await.expect(StatusCode::NO_CONTENT);
    }
    assert!(platform.objects().await.is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn no_body_that_is_too_large_or_too_deep_is_taken_in() {
    let platform = Platform::start().await;
    let ann = platform.user("ann").await;
    let film = planned(&platform, &ann, "public").await;
    let upload = begin_with(&ann, &description_of(10)).await;
    let links = format!("/api/v1/uploads/{}/links", upload["id"].as_str().unwrap());
    let huge = json!({ "title": "x".repeat(1 << 20) });
    for (method, path) in [
        (reqwest::Method::POST, "/api/v1/uploads"),
        (reqwest::Method::POST, links.as_str()),
        (reqwest::Method::PATCH, film.address.as_str()),
        (reqwest::Method::PUT, "/api/v1/auth/password"),
        (reqwest::Method::DELETE, "/api/v1/me"),
    ] {
        let request = ann.request(method.clone(), path).json(&huge);
        super::platform::send(request).await.refused(413, "body_too_large");
        let deep = format!("{{\"title\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let request = ann.request(method, path).header("content-type", "application/json").body(deep);
        let answer = super::platform::send(request).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let many: Vec<Value> = (0..5_000).map(|n| json!({ "number": n, "sha256_hex": "0".repeat(64) })).collect();
    let answer = ann.post(&links, &json!({ "parts": many })).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    platform.stop().await;
}
