//! A program that uses the API as its documents tell, and nothing else.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder, StatusCode, Url, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How long a small film may take in a debug build on a busy machine.
const MADE_WITHIN: Duration = Duration::from_secs(180);

/// One person's program; signed in or not.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<String>,
    header: Option<(String, String)>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: Vec<u8>,
}

/// An upload that was created.
#[derive(Debug)]
pub struct Upload {
    pub id: String,
    pub video_id: String,
    pub part_size: usize,
    pub part_count: usize,
}

impl Answer {
    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON body, after a look at the status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The stable code of a failure, after a look at the shape that every failure has (RFC 9457).
    pub fn problem(&self, status: u16) -> String {
        let problem = self.expect(status);
        let kind = self.headers.get(header::CONTENT_TYPE);
        assert_eq!(kind.expect("a media type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        for field in ["type", "title", "detail", "request_id"] {
            assert!(problem[field].is_string(), "{field} in {problem}");
        }
        problem["code"].as_str().expect("a code").to_owned()
    }
}

impl Client {
    pub fn new(base: &str) -> Self {
        Self { http: reqwest::Client::new(), base: base.parse().expect("an address"), token: None, header: None }
    }

    /// The same program with another access token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same program at another process.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.parse().expect("an address"), ..self.clone() }
    }

    /// The same program, which sends this header with every request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        Self { header: Some((name.to_owned(), value.to_owned())), ..self.clone() }
    }

    /// The access token of someone signed in.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("somebody signed in")
    }

    /// Makes an account and signs in.
    pub async fn register(&self, name: &str) -> Self {
        let account = json!({
            "username": name,
            "email": format!("{name}@example.org"),
            "password": "a long enough password",
        });
        let answer = self.post("auth/register", account).await.expect(201);
        self.with_token(answer["access_token"].as_str().expect("a token"))
    }

    pub async fn is_ready(&self) -> bool {
        let address = self.base.join("/readyz").expect("an address");
        let answer = self.http.get(address).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// The status of a change; `None` where nobody answers.
    pub async fn try_patch(&self, path: &str, body: Value) -> Option<u16> {
        let answer = self.request(Method::PATCH, path).json(&body).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    /// A request of which nothing is done yet, without a token.
    pub fn raw(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.base.join(path).expect("an address"))
    }

    /// Fetches an address as it stands in a playlist or an answer, seen from `page`.
    pub async fn fetch(&self, page: &Url, address: &str) -> (Url, Answer) {
        let url = page.join(address).expect("an address");
        let answer = self.send(self.authorised(self.http.get(url.clone()))).await;
        (url, answer)
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub async fn create_upload(&self, file_name: &str, size: usize, title: &str) -> Upload {
        let wish = json!({
            "file_name": file_name, "size_bytes": size, "title": title,
            "tags": ["reel"], "privacy": "public",
        });
        let answer = self.post("uploads", wish).await.expect(201);
        let count = |field: &str| {
            let number = answer[field].as_u64().expect("a number");
            usize::try_from(number).expect("a size of this machine")
        };
        Upload {
            id: answer["id"].as_str().expect("an id").to_owned(),
            video_id: answer["video_id"].as_str().expect("an id").to_owned(),
            part_size: count("part_size_bytes"),
            part_count: count("part_count"),
        }
    }

    /// Asks for a link to part `number` (from 1) that holds `announced`, and sends `sent` there.
    pub async fn put_part(&self, upload: &Upload, number: usize, announced: &[u8], sent: &[u8]) -> Answer {
        let sha256 = hex::encode(Sha256::digest(announced));
        let wish = json!({"parts": [{"number": number, "sha256_hex": sha256}]});
        let path = format!("uploads/{}/links", upload.id);
        let answer = self.post(&path, wish).await.expect(200);
        let link = &answer["links"][0];
        let url = self.base.join(link["url"].as_str().expect("a link")).expect("an address");
        let mut request = self.http.put(url).body(sent.to_vec());
        for (name, value) in link["headers"].as_object().into_iter().flatten() {
            request = request.header(name, value.as_str().expect("a header's value"));
        }
        self.send(request).await
    }

    pub async fn complete(&self, upload: &Upload) -> Answer {
        self.post(&format!("uploads/{}/complete", upload.id), json!({})).await
    }

    /// The whole way of a file; answers the video's id.
    pub async fn upload(&self, file_name: &str, title: &str, bytes: &[u8]) -> String {
        let upload = self.create_upload(file_name, bytes.len(), title).await;
        let parts: Vec<&[u8]> = bytes.chunks(upload.part_size).collect();
        assert_eq!(parts.len(), upload.part_count);
        for (at, part) in parts.into_iter().enumerate() {
            let answer = self.put_part(&upload, at + 1, part, part).await;
            assert!(answer.status.is_success(), "{}", answer.text());
        }
        let answer = self.complete(&upload).await.expect(202);
        assert_eq!(answer["video_id"], upload.video_id);
        upload.video_id
    }

    /// Asks for the video again and again until `is_enough`.
    pub async fn video_when(&self, id: &str, is_enough: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + MADE_WITHIN;
        loop {
            let video = self.get(&format!("videos/{id}")).await.expect(200);
            if is_enough(&video) {
                return video;
            }
            assert!(Instant::now() < deadline, "the video stays so: {video}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = self.base.join("/api/v1/").and_then(|api| api.join(path));
        self.authorised(self.http.request(method, url.expect("an address")))
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        let request = match &self.header {
            Some((name, value)) => request.header(name, value),
            None => request,
        };
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.expect("the server answers");
        Answer {
            status: answer.status(),
            headers: answer.headers().clone(),
            body: answer.bytes().await.expect("the whole answer").to_vec(),
        }
    }
}
