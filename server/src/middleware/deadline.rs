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
