//! A platform in the test's own process, built as the binary builds it, on a real socket.

use std::{future::Future, net::SocketAddr};

use mutoscope_core::{db::Db, testing::on_both_databases};
use mutoscope_server::{
    app::App,
    config::{self, Sources},
    listener::Listener,
    router,
};
use reqwest::{Method, RequestBuilder, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

pub const PASSWORD: &str = "correct horse battery";

/// A running platform; it stops when it drops.
pub struct TestApp {
    pub app: App,
    address: SocketAddr,
    http: reqwest::Client,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

/// Someone signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub access: String,
    pub refresh: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

/// Runs `test` on a platform of each database.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    on_both_with(&[], test).await;
}

/// The same with settings, as flags would give them.
pub async fn on_both_with<F, Fut>(settings: &[(&'static str, &str)], test: F)
where
    F: Fn(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    on_both_databases(|db| async { test(TestApp::start(db, settings).await).await }).await;
}

impl TestApp {
    async fn start(db: Db, settings: &[(&'static str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = vec![("data", "--data", folder.path().display().to_string())];
        flags.extend(settings.iter().map(|(key, value)| (*key, "--test", (*value).to_owned())));
        let config = config::load(&Sources { flags, ..Sources::default() }).unwrap();
        let (app, _sequencer) = App::on_database(config, db).unwrap();
        let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)), None).await.unwrap();
        let address = listener.address();
        let serving = tokio::spawn(listener.serve(router::service(app.clone()), app.stop.clone()));
        Self { app, address, http: reqwest::Client::new(), serving, _folder: folder }
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A request to an address of the platform, `/api/v1/..` or another.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin()))
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(&body)).await
    }

    /// A call by someone signed in; `Value::Null` for no body.
    pub async fn call(&self, person: &Person, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path).bearer_auth(&person.access);
        Answer::of(if body.is_null() { request } else { request.json(&body) }).await
    }

    /// Makes an account; the first one of a platform is its administrator.
    pub async fn register(&self, username: &str) -> Person {
        self.post("/api/v1/auth/register", registration(username)).await.person(StatusCode::CREATED)
    }

    pub async fn login(&self, login: &str, password: &str) -> Answer {
        self.post("/api/v1/auth/login", json!({ "login": login, "password": password })).await
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.post("/api/v1/auth/refresh", json!({ "refresh_token": token })).await
    }

    /// The status of `GET auth/me` with this access token.
    pub async fn me(&self, access: &str) -> StatusCode {
        let request = self.request(Method::GET, "/api/v1/auth/me").bearer_auth(access);
        Answer::of(request).await.status
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.app.stop.cancel();
        self.serving.abort();
    }
}

impl Answer {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}: {}", self.status, self.text))
    }

    #[track_caller]
    pub fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem, after a look at the shape that all have.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status.as_u16(), problem["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.headers["x-request-id"].to_str().unwrap());
        assert!(problem["type"].as_str().unwrap().ends_with(code) && problem["title"].is_string());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }

    #[track_caller]
    pub fn person(&self, status: StatusCode) -> Person {
        let body = self.expect(status);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Person {
            id: text(&body["user"]["id"]),
            access: text(&body["access_token"]),
            refresh: text(&body["refresh_token"]),
        }
    }

    /// Name, value and attributes of each cookie that is set.
    pub fn cookies(&self) -> Vec<(String, String, String)> {
        let set = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        set.map(|text| {
            let (pair, attributes) = text.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.to_owned(), attributes.to_owned())
        })
        .collect()
    }
}

pub fn registration(username: &str) -> Value {
    json!({ "username": username, "email": format!("{username}@example.org"), "password": PASSWORD })
}
