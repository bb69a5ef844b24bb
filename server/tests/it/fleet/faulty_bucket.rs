//! A proxy between the platform and its bucket that does what networks and services do on bad days.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use tokio::{net::TcpListener, task::JoinHandle};

use super::random::Random;

const MOST_BYTES: usize = 64 << 20;

/// How the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Fine,
    /// One request in three meets with something.
    Bad,
    /// Every request is answered with 503.
    Away,
}

/// What a request can meet with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Refused,
    Slow,
    /// Half of what is sent arrives.
    HalfWritten,
    /// Half of the answer comes, then the connection is cut.
    CutOff,
}

/// Ends when it is dropped.
pub struct FaultyBucket {
    pub address: String,
    state: Arc<Between>,
    serving: JoinHandle<()>,
}

struct Between {
    upstream: String,
    http: reqwest::Client,
    weather: Mutex<Weather>,
    random: Mutex<Random>,
    faults: AtomicU64,
}

impl FaultyBucket {
    /// One before the service at `upstream`, in fine weather.
    pub async fn before(upstream: &str, seed: u64) -> Self {
        let state = Arc::new(Between {
            upstream: upstream.to_owned(),
            http: reqwest::Client::new(),
            weather: Mutex::new(Weather::Fine),
            random: Mutex::new(Random::new(seed)),
            faults: AtomicU64::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("its address"));
        let app = Router::new().fallback(pass_on).with_state(Arc::clone(&state));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("the proxy serves") });
        Self { address, state, serving }
    }

    pub fn set(&self, weather: Weather) {
        *self.state.weather.lock().unwrap_or_else(PoisonError::into_inner) = weather;
    }

    /// How many requests met with something.
    pub fn faults(&self) -> u64 {
        self.state.faults.load(Ordering::Relaxed)
    }
}

impl Drop for FaultyBucket {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Between {
    fn fault(&self) -> Option<(Fault, u64)> {
        let weather = *self.weather.lock().unwrap_or_else(PoisonError::into_inner);
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let chance = random.below(1000);
        let fault = match (weather, random.below(12)) {
            (Weather::Fine, _) => None,
            (Weather::Away, _) | (Weather::Bad, 0) => Some(Fault::Refused),
            (Weather::Bad, 1) => Some(Fault::Slow),
            (Weather::Bad, 2) => Some(Fault::HalfWritten),
            (Weather::Bad, 3) => Some(Fault::CutOff),
            (Weather::Bad, _) => None,
        };
        if fault.is_some() {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        fault.map(|fault| (fault, chance))
    }
}

async fn pass_on(State(between): State<Arc<Between>>, request: Request) -> Response {
    let fault = between.fault();
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else { return refusal() };
    match fault {
        Some((Fault::Refused, _)) => return refusal(),
        Some((Fault::Slow, chance)) => tokio::time::sleep(Duration::from_millis(200 + chance)).await,
        _ => {}
    }
    let half = fault.is_some_and(|(fault, _)| fault == Fault::HalfWritten) && !body.is_empty();
    let sent = if half { reqwest::Body::wrap_stream(half_of(&body)) } else { reqwest::Body::from(body) };
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", between.upstream);
    // The name of the host is part of what was signed.
    let answer = between.http.request(head.method.clone(), url).headers(head.headers).body(sent).send().await;
    let Ok(answer) = answer else { return refusal() };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(header::TRANSFER_ENCODING);
    let Ok(body) = answer.bytes().await else { return refusal() };
    let cut = fault.is_some_and(|(fault, _)| fault == Fault::CutOff) && !body.is_empty();
    // The length is told whole in any case.
    let body = if cut { Body::from_stream(half_of(&body)) } else { Body::from(body) };
    let mut response = (status, body).into_response();
    *response.headers_mut() = headers;
    response
}

/// The first half of some bytes, then an error.
fn half_of(bytes: &Bytes) -> impl futures::Stream<Item = io::Result<Bytes>> + use<> {
    let half = bytes.slice(..bytes.len() / 2);
    stream::iter([Ok(half), Err(io::Error::other("the connection is cut"))])
}

fn refusal() -> Response {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code></Error>";
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}
