//! The API's own description: the OpenAPI document, and a page that shows it.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use utoipa::openapi::OpenApi;

use crate::app::App;

const PAGE: &str = include_str!("../docs_page/index.html");
const SCRIPT: &str = include_str!("../docs_page/docs.js");
const STYLE: &str = include_str!("../docs_page/docs.css");

/// The routes, below `/`.
pub fn router(document: &OpenApi) -> Router<App> {
    // A document that can't be written as JSON would be a fault of ours that the tests find.
    let json = Bytes::from(document.to_json().unwrap_or_default());
    Router::new()
        .route("/api/openapi.json", get(async move || text("application/json", json)))
        .route("/api/docs", get(async || text("text/html; charset=utf-8", PAGE)))
        .route("/api/docs/docs.js", get(async || text("text/javascript; charset=utf-8", SCRIPT)))
        .route("/api/docs/docs.css", get(async || text("text/css; charset=utf-8", STYLE)))
        .route("/api/docs/errors.json", get(async || text("application/json", crate::error::listing())))
}

fn text(media_type: &'static str, body: impl Into<Bytes>) -> Response {
    let headers: [(HeaderName, HeaderValue); 2] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, body.into()).into_response()
}
