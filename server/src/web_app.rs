//! The web app, embedded: its files under their own addresses, its one page under every other.

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::error::{ApiError, Code};

/// The page of the app, and what an address that names no file shows.
const PAGE: &str = "index.html";

/// Path and content of what the build script has found, sorted by path.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/web_app_files.rs"));

/// The entity tags of [`FILES`]. Weak, as the same tag stands for the compressed form too.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tag = |content: &[u8]| format!("W/\"{}\"", hex::encode(&Sha256::digest(content)[..16]));
    FILES.iter().map(|(_, content)| tag(content)).collect()
});

/// An embedded file.
struct File {
    path: &'static str,
    content: &'static [u8],
    tag: &'static str,
}

/// Serves the app to every address that no route has.
pub async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(Code::MethodNotAllowed, Code::MethodNotAllowed.title()).into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return ApiError::new(Code::NotFound, "there is nothing at this address").into_response();
    }
    match find(path) {
        Some(file) => answer(&file, request.headers()),
        // A file's address that nothing has is a missing file, not a page of the app.
        None if path.starts_with("assets/") => ApiError::new(Code::NotFound, "there is no such file").into_response(),
        None => match find(PAGE) {
            Some(page) => answer(&page, request.headers()),
            None => ApiError::new(Code::NotFound, "this build has no web app").into_response(),
        },
    }
}

fn find(path: &str) -> Option<File> {
    let i = FILES.binary_search_by_key(&path, |(path, _)| path).ok()?;
    let (path, content) = FILES.get(i)?;
    Some(File { path, content, tag: TAGS.get(i)? })
}

fn answer(file: &File, request: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    // The build puts a hash of the content into the names of what it bundles.
    let caching = if file.path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::ETAG, HeaderValue::from_static(file.tag));
    if is_known(request, file.tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let media_type = HeaderValue::from_static(media_type(file.path));
    headers.insert(header::CONTENT_TYPE, media_type);
    (headers, Body::from(file.content)).into_response()
}

/// RFC 9110, 13.1.2.
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/"))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
