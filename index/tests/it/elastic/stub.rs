//! A stand-in for Elasticsearch in this process: it understands the requests that the adapter sends, refuses all others,
//! and can be told to fail. `services.rs` holds its answers against those of the real ones.

// By their paths: the server's tests use this file, too.
#[path = "stub/indexes.rs"]
mod indexes;
#[path = "stub/scoring.rs"]
mod scoring;

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use mutoscope_index::{ElasticSearch, ElasticSettings};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use indexes::Indexes;

/// Ends when it is dropped.
pub struct Stub {
    pub url: String,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

/// A request, and what was answered.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub method: String,
    /// With the parameters.
    pub path: String,
    pub request: String,
    pub status: u16,
    pub answer: Value,
}

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This is answered, and nothing done.
    Answer(u16, String),
    /// Nothing is ever answered.
    Silence,
    /// The request takes effect, and the answer is cut off.
    CutOff,
    /// Every second line of a batch is refused with this status.
    SecondLines(u16),
    /// The request takes effect and is answered with a change of this field, a JSON pointer.
    Field(&'static str, Value),
}

#[derive(Debug)]
struct State {
    indexes: Indexes,
    about: Value,
    login: Option<String>,
    /// The fault of the next requests whose path ends like this, how often.
    faults: Vec<(&'static str, usize, Fault)>,
    exchanges: Vec<Exchange>,
}

impl Stub {
    /// Starts on a free port of loopback, empty.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            indexes: Indexes::default(),
            about: json!({"version": {"number": "7.10.2"}, "tagline": "You Know, for Search"}),
            login: None,
            faults: Vec::new(),
            exchanges: Vec::new(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = state.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                let service = service_fn(move |request| answer(state.clone(), request));
                tokio::spawn(async move {
                    // A client that goes away is its own affair.
                    let _ =
                        auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { url, state, accepting }
    }

    /// What leads to it, under an index of this name.
    pub fn settings(&self, index: &str) -> ElasticSettings {
        ElasticSettings { url: self.url.parse().unwrap(), login: None, ca_pem: None, index: index.to_owned() }
    }

    /// An adapter that uses it.
    pub fn search(&self, index: &str) -> ElasticSearch {
        ElasticSearch::open(self.settings(index)).unwrap()
    }

    /// Has the next `times` requests whose path (without parameters) ends with `path` go wrong.
    pub fn fail(&self, path: &'static str, times: usize, fault: Fault) {
        self.state.lock().unwrap().faults.push((path, times, fault));
    }

    /// Lets everything succeed again.
    pub fn heal(&self) {
        self.state.lock().unwrap().faults.clear();
    }

    /// What it says it is.
    pub fn pretend(&self, version: Value) {
        self.state.lock().unwrap().about = json!({"version": version});
    }

    /// Lets in only who sends this in `authorization`.
    pub fn ask_for(&self, authorization: &str) {
        self.state.lock().unwrap().login = Some(authorization.to_owned());
    }

    /// Everything so far, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.state.lock().unwrap().exchanges.clone()
    }

    /// The names of all indexes.
    pub fn indexes(&self) -> Vec<String> {
        self.state.lock().unwrap().indexes.names()
    }

    /// Changes what is stored, behind the adapter's back.
    pub fn tamper(&self, index: &str, id: &str, change: impl FnOnce(&mut Value)) {
        self.state.lock().unwrap().indexes.tamper(index, id, change);
    }

    /// Removes an index, behind the adapter's back.
    pub fn drop_index(&self, index: &str) {
        self.state.lock().unwrap().indexes.remove(index);
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.accepting.abort();
        if std::thread::panicking() {
            for Exchange { method, path, request, status, .. } in self.exchanges() {
                eprintln!("{method} {path} was answered {status}: {}", request.trim_end());
            }
        }
    }
}

async fn answer(state: Arc<Mutex<State>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let request = String::from_utf8_lossy(&body).into_owned();
    let path = head.uri.path().to_owned();
    let parameters: HashMap<String, String> =
        url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let authorization = head.headers.get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned);

    let fault = state.lock().unwrap().next_fault(&path);
    match &fault {
        Some(Fault::Silence) => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        Some(Fault::Answer(status, text)) => return Ok(response(*status, text.clone())),
        _ => {}
    }
    let mut state = state.lock().unwrap();
    if state.login.is_some() && state.login != authorization {
        return Ok(response(401, json!({"error": {"type": "security_exception"}, "status": 401}).to_string()));
    }
    let (status, mut answer) = if path == "/" {
        (200, state.about.clone())
    } else {
        let refused = match &fault {
            Some(Fault::SecondLines(status)) => Some(*status),
            _ => None,
        };
        state.indexes.answer(head.method.as_str(), &path, &parameters, &request, refused)
    };
    state.exchanges.push(Exchange {
        method: head.method.to_string(),
        path: head.uri.to_string(),
        request,
        status,
        answer: answer.clone(),
    });
    match fault {
        Some(Fault::Field(pointer, value)) => {
            let field = answer.pointer_mut(pointer);
            *field.unwrap_or_else(|| panic!("no {pointer} in the answer to {path}")) = value;
        }
        Some(Fault::CutOff) => {
            let whole = answer.to_string();
            return Ok(response(status, whole[..whole.len() / 2].to_owned()));
        }
        _ => {}
    }
    Ok(response(status, answer.to_string()))
}

fn response(status: u16, text: String) -> Response<Full<Bytes>> {
    let builder = Response::builder().status(status).header("content-type", "application/json");
    builder.body(Full::new(Bytes::from(text))).expect("a response")
}

impl State {
    fn next_fault(&mut self, path: &str) -> Option<Fault> {
        let (_, times, fault) = self.faults.iter_mut().find(|(end, times, _)| path.ends_with(end) && *times > 0)?;
        *times -= 1;
        Some(fault.clone())
    }
}
