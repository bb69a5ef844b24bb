//! A deadline for every answer of the API; media and parts of uploads may take as long as they flow.

use std::time::Duration;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::error::{ApiError, Code};

const LONGEST: Duration = Duration::from_secs(30);

/// Answers 503 where the handler, with reading the body, has not ended in time; its work is dropped.
pub async fn enforce(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(Code::TimedOut, "this took too long and was given up; try again")
            .with_retry_after(Duration::from_secs(5))
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::StatusCode, middleware::from_fn, routing::post};
    use bytes::Bytes;
    use futures::{StreamExt, stream};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let app = Router::new().route("/", post(async |_: Bytes| "all of it")).layer(from_fn(enforce));
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"{"))]);
        let body = Body::from_stream(first.chain(stream::pending()));
        let began = tokio::time::Instant::now();
        let answer = app.oneshot(Request::post("/").body(body).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "5");
        assert!(began.elapsed() < LONGEST * 2, "{:?}", began.elapsed());
    }
}
