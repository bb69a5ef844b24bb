//! A name for every request: in its log lines, in the answer's header and in the body of a failure.

use std::time::Instant;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use mutoscope_core::id::VideoId;
use tracing::Instrument;
use uuid::Uuid;

/// The header of the answer. A client's own value is not taken over: it would let one client write into another's log.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Uuid;
}

/// The name of the request that is being answered; all zeros outside of one.
pub fn current() -> String {
    CURRENT.try_with(|id| *id).unwrap_or(Uuid::nil()).simple().to_string()
}

/// Names the request, opens its tracing span, and logs what became of it. Addresses' query parts are not logged: links
/// carry signatures there.
pub async fn assign(request: Request, next: Next) -> Response {
    let id = Uuid::new_v4();
    let span = tracing::info_span!(
        "request",
        request.id = %id.simple(),
        http.method = %request.method(),
        http.path = request.uri().path(),
        video.id = tracing::field::Empty,
    );
    if let Some(video) = video_of(request.uri().path()) {
        span.record("video.id", tracing::field::display(video));
    }
    let started = Instant::now();
    let work = async move {
        let mut response = next.run(request).await;
        if let Ok(value) = HeaderValue::from_str(&id.simple().to_string()) {
            response.headers_mut().insert(HEADER, value);
        }
        tracing::debug!(
            http.status = response.status().as_u16(),
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        response
    };
    CURRENT.scope(id, work.instrument(span)).await
}

/// The video that an address of the API is about.
fn video_of(path: &str) -> Option<VideoId> {
    path.strip_prefix("/api/v1/videos/")?.split('/').next()?.parse().ok()
}
