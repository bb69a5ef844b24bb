//! The web app, embedded: its files under their own addresses, its one page under every other.

mod encoding;

use std::sync::LazyLock;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use self::encoding::Encoding;
use crate::error::{ApiError, Code};

/// The page of the app, and what an address that names no file shows.
const PAGE: &str = "index.html";

/// What the build script has found, sorted by path.
const FILES: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/web_app_files.rs"));

/// The entity tags of [`FILES`]. Weak, as the same tag stands for the compressed forms too.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tag = |content: &[u8]| format!("W/\"{}\"", hex::encode(&Sha256::digest(content)[..16]));
    FILES.iter().map(|file| tag(file.whole)).collect()
});

/// A file of the web app, and the compressed forms that its build has made: sent as they are, so that no request pays for
/// compressing.
struct Embedded {
    /// Without a slash in front.
    path: &'static str,
    whole: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

impl Embedded {
    fn form(&self, encoding: Encoding) -> Option<&'static [u8]> {
        match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
        }
    }
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
        Some((file, tag)) => answer(file, tag, request.headers()),
        // A file's address that nothing has is a missing file, not a page of the app.
        None if path.starts_with("assets/") => ApiError::new(Code::NotFound, "there is no such file").into_response(),
        None => match find(PAGE) {
            Some((page, tag)) => answer(page, tag, request.headers()),
            None => ApiError::new(Code::NotFound, "this build has no web app").into_response(),
        },
    }
}

/// The file and its entity tag.
fn find(path: &str) -> Option<(&'static Embedded, &'static str)> {
    let i = FILES.binary_search_by_key(&path, |file| file.path).ok()?;
    Some((FILES.get(i)?, TAGS.get(i)?))
}

fn answer(file: &Embedded, tag: &'static str, request: &HeaderMap) -> Response {
    let mut headers = HeaderMap::new();
    // The build puts a hash of the content into the names of what it bundles.
    let caching = if file.path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::ETAG, HeaderValue::from_static(tag));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_known(request, tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(file.path)));
    for encoding in encoding::accepted(request) {
        if let Some(form) = file.form(encoding) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
            return (headers, Body::from(form)).into_response();
        }
    }
    (headers, Body::from(file.whole)).into_response()
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
