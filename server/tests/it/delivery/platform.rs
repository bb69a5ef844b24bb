//! A platform in this process: the app on a data folder of its own, served on a free port of loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use mutoscope_core::{
    bus::kafka::{KafkaSettings, Relay},
    db::Db,
    time::UnixMs,
};
use mutoscope_index::Consumer;
use mutoscope_server::{
    app::App,
    config::{self, Config, DataFolder, Sources},
    listener::Listener,
    router,
    sweeper::{self, Swept},
};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A running platform. Its data is gone with the last clone of its folder.
pub struct Platform {
    pub app: App,
    pub base: String,
    folder: Arc<TempDir>,
    tasks: Vec<JoinHandle<()>>,
    settings: fn(&mut Config),
}

/// Someone who asks, signed in or not.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: bytes::Bytes,
}

impl Platform {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts one whose configuration was changed by `settings`.
    pub async fn start_with(settings: fn(&mut Config)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(folder, settings, |_| (), None).await
    }

    /// Starts one on a database that is open already.
    pub async fn start_over(db: Db) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(folder, |_| (), |_| (), Some(db)).await
    }

    /// Starts one on another storage.
    pub async fn start_on(storage: mutoscope_core::store::StoreSettings) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(folder, |_| (), move |config| config.storage = storage, None).await
    }

    /// Starts one whose events go through Kafka.
    pub async fn start_through(kafka: KafkaSettings) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(folder, |_| (), move |config| config.kafka = Some(kafka), None).await
    }

    /// Starts one that searches elsewhere.
    pub async fn start_searching(search: mutoscope_server::config::SearchSettings) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(folder, |_| (), move |config| config.search = search, None).await
    }

    /// Stops, and starts again on the same data.
    pub async fn restart(self) -> Self {
        let (folder, settings) = (Arc::clone(&self.folder), self.settings);
        self.stop().await;
        Self::open(folder, settings, |_| (), None).await
    }

    pub async fn stop(mut self) {
        self.app.stop.cancel();
        for task in self.tasks.drain(..) {
            task.await.unwrap();
        }
        self.app.db.close().await;
    }

    async fn open(
        folder: Arc<TempDir>,
        settings: fn(&mut Config),
        more: impl FnOnce(&mut Config),
        db: Option<Db>,
    ) -> Self {
        let data = folder.path().to_str().unwrap().to_owned();
        let sources = Sources { flags: vec![("data", "--data", data)], ..Sources::default() };
        let mut config = config::load(&sources).unwrap();
        settings(&mut config);
        more(&mut config);
        DataFolder::prepare(&config).unwrap();
        let (app, sequencer) = match db {
            Some(db) => App::on_database(config, db).unwrap(),
            None => App::open(config).await.unwrap(),
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = Listener::bind(address, None).await.unwrap();
        let base = format!("http://{}", listener.address());
        let consumer = Consumer::new(app.db.clone(), app.bus.follow().unwrap(), Arc::clone(&app.search));
        let relay = app.config.kafka.clone().map(|kafka| Relay::new(&app.log, "relay".to_owned(), kafka));
        let mut tasks = vec![
            tokio::spawn(sequencer.run(app.stop.clone())),
            tokio::spawn(consumer.run(app.stop.clone())),
            tokio::spawn(listener.serve(router::service(app.clone()), app.stop.clone())),
        ];
        tasks.extend(relay.map(|relay| tokio::spawn(relay.run(app.stop.clone()))));
        Self { app, base, folder, tasks, settings }
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client {
        Client { http: reqwest::Client::new(), base: self.base.clone(), token: None }
    }

    /// A new account, signed in. The first one is the administrator.
    pub async fn user(&self, name: &str) -> Client {
        let visitor = self.visitor();
        let body = json!({ "username": name, "email": format!("{name}@example.org"), "password": "a long password" });
        let answer = visitor.post("/api/v1/auth/register", &body).await.expect(StatusCode::CREATED).json();
        self.signed_in(&answer)
    }

    /// An account that was made before, signed in anew.
    pub async fn sign_in(&self, name: &str) -> Client {
        let body = json!({ "login": name, "password": "a long password" });
        let answer = self.visitor().post("/api/v1/auth/login", &body).await.expect(StatusCode::OK).json();
        self.signed_in(&answer)
    }

    fn signed_in(&self, answer: &Value) -> Client {
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Client { token: Some(token), ..self.visitor() }
    }

    /// One sweep, as if `later` had passed.
    pub async fn sweep(&self, later: std::time::Duration) -> Swept {
        sweeper::sweep(&self.app, UnixMs::now().plus(later)).await.unwrap()
    }

    /// Paths of all objects.
    pub async fn objects(&self) -> Vec<String> {
        let listed = self.app.store.list("").await.unwrap();
        listed.into_iter().map(|(path, _)| path).collect()
    }

    /// Where its data lies: no answer may ever show it.
    pub fn data_folder(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }
}

impl Client {
    /// A request below the server's address; an absolute address stays as it is.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn put_json(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// PUT as a link says, without a session.
    pub async fn put(&self, link: &Value, bytes: impl Into<reqwest::Body>) -> Answer {
        let mut request = self.http.put(link["url"].as_str().unwrap());
        for (name, value) in link["headers"].as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        send(request.body(bytes)).await
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.unwrap() }
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// That it is a problem of this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{text}");
        assert_eq!(problem["status"], status);
        problem
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
