//! A panic in a handler costs its own request, and is told as any fault of ours.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

/// The handler broke down.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

/// The answer to a request whose handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the box")]
pub fn answer(payload: Box<dyn Any + Send>) -> Response {
    let said = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    ApiError::internal(Panicked(said)).into_response()
}
