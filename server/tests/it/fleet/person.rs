//! Somebody whose program goes on where it was interrupted, as a good client does.

use std::time::{Duration, Instant};

use mutoscope_core::id::VideoId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::platform::PATIENCE;

/// Signed in or not.
#[derive(Clone)]
pub struct Person {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// Whatever came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

/// An upload that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    pub id: String,
    pub video_id: VideoId,
    part_size: usize,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Begun {
    /// The upload that this answer tells of.
    pub fn told_by(answer: &Answer) -> Self {
        let answer = answer.json();
        Self {
            id: answer["id"].as_str().expect("an id").to_owned(),
            video_id: answer["video_id"].as_str().and_then(|id| id.parse().ok()).expect("an id"),
            part_size: answer["part_size_bytes"].as_u64().and_then(|size| usize::try_from(size).ok()).expect("a size"),
        }
    }
}

impl Person {
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(40)).build().expect("a client");
        Self { http, base: base.to_owned(), token: None }
    }

    /// With an account of this name.
    pub async fn register(&self, name: &str) -> Self {
        let account =
            json!({ "username": name, "email": format!("{name}@example.org"), "password": "a long enough password" });
        let answer = self.send(Method::POST, "/api/v1/auth/register", Some(&account)).await.expect("an answer");
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        Self { token: Some(token), ..self.clone() }
    }

    pub async fn is_ready(&self) -> bool {
        self.get("/readyz").await.is_ok_and(|answer| answer.status.is_success())
    }

    pub async fn get(&self, address: &str) -> reqwest::Result<Answer> {
        self.send(Method::GET, address, None).await
    }

    pub async fn post(&self, address: &str, body: &Value) -> reqwest::Result<Answer> {
        self.send(Method::POST, address, Some(body)).await
    }

    /// An address of the platform, or a whole one.
    pub async fn send(&self, method: Method, address: &str, body: Option<&Value>) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, self.url(address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await?).await
    }

    pub async fn begin(&self, title: &str, bytes: &[u8]) -> Begun {
        let answer = self.ask_to_begin(title, bytes).await.expect("an answer");
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        Begun::told_by(&answer)
    }

    /// The same, whatever is answered.
    pub async fn ask_to_begin(&self, title: &str, bytes: &[u8]) -> reqwest::Result<Answer> {
        let wish = json!({ "file_name": "film.mp4", "size_bytes": bytes.len(), "title": title, "privacy": "public" });
        self.post("/api/v1/uploads", &wish).await
    }

    /// Brings what is missing and completes the upload, however often somebody pulls the plug.
    pub async fn bring(&self, upload: &Begun, bytes: &[u8]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // What goes wrong is tried again, as a good client does.
            if matches!(self.try_to_bring(upload, bytes).await, Ok(true)) {
                return;
            }
            assert!(Instant::now() < deadline, "the upload does not come to its end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn try_to_bring(&self, upload: &Begun, bytes: &[u8]) -> reqwest::Result<bool> {
        let address = format!("/api/v1/uploads/{}", upload.id);
        let complete = self.post(&format!("{address}/complete"), &json!({})).await?;
        if complete.status == StatusCode::ACCEPTED {
            return Ok(true);
        }
        let shown = self.get(&address).await?;
        if !shown.status.is_success() {
            return Ok(false);
        }
        let shown = shown.json();
        let there = |number: usize| {
            shown["parts"].as_array().is_some_and(|parts| parts.iter().any(|part| part["number"] == number))
        };
        for (at, part) in bytes.chunks(upload.part_size).enumerate() {
            let number = at + 1;
            if !there(number) && !self.put_part(upload, number, part, part.to_vec()).await?.is_success() {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// Sends `body` as the part that has `promised` in it.
    pub async fn put_part(
        &self,
        upload: &Begun,
        number: usize,
        promised: &[u8],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<StatusCode> {
        Ok(self.send_part(upload, number, promised, body).await?.status)
    }

    /// The same, with the whole answer: of the storage, or of the platform where it gave no link.
    pub async fn send_part(
        &self,
        upload: &Begun,
        number: usize,
        promised: &[u8],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Answer> {
        let sha256 = hex::encode(Sha256::digest(promised));
        let wish = json!({ "parts": [{ "number": number, "sha256_hex": sha256 }] });
        let links = self.post(&format!("/api/v1/uploads/{}/links", upload.id), &wish).await?;
        if !links.status.is_success() {
            return Ok(links);
        }
        let links = links.json();
        let link = &links["links"][0];
        let mut request = self.http.put(link["url"].as_str().expect("a link")).body(body);
        for (name, value) in link["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().expect("a header"));
        }
        read(request.send().await?).await
    }

    /// The video, once it is as `is_enough` says, however often the server is away meanwhile.
    pub async fn video_when(&self, id: VideoId, is_enough: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Value::Null;
        loop {
            if let Ok(answer) = self.get(&format!("/api/v1/videos/{id}")).await
                && answer.status.is_success()
            {
                seen = answer.json();
                assert!(seen["failure"].is_null(), "{seen}");
                if is_enough(&seen) {
                    return seen;
                }
            }
            assert!(Instant::now() < deadline, "the video stays so: {seen}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The whole of an address.
    pub fn url(&self, address: &str) -> String {
        if address.starts_with("http") { address.to_owned() } else { format!("{}{address}", self.base) }
    }
}

async fn read(response: reqwest::Response) -> reqwest::Result<Answer> {
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
}

/// Whether all of a film is there.
pub fn is_ready(video: &Value) -> bool {
    video["state"] == "ready"
}
