//! A file as an answer: validators, one range, and how long whoever may keep it (RFC 9110, 9111).

use std::ops::Range;

use axum::{
    body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use mutoscope_core::video::Privacy;

use crate::error::{ApiError, Code};

/// A file.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub bytes: Bytes,
    /// Lower-case hex; its entity tag.
    pub sha256: String,
    pub media_type: &'static str,
}

/// What of it the client wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    method: &'a Method,
    headers: &'a HeaderMap,
}

/// What a Range header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// All of it: there is no range, or none that we know.
    All,
    Part(Range<usize>),
    /// Nothing that is there.
    Nothing,
}

impl<'a> Asked<'a> {
    pub fn new(method: &'a Method, headers: &'a HeaderMap) -> Self {
        Self { method, headers }
    }

    fn header(&self, name: HeaderName) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The answer: 200, 206, 304 or 416. HEAD is answered like GET, without the body.
pub(super) fn respond(asked: Asked<'_>, file: Body, privacy: Privacy) -> Response {
    let tag = format!("\"{}\"", file.sha256);
    if asked.header(header::IF_NONE_MATCH).is_some_and(|tags| names_tag(tags, &tag)) {
        return validated(StatusCode::NOT_MODIFIED, &tag, privacy).into_response();
    }
    let len = file.bytes.len();
    let (status, bytes, range) = match wanted(asked, &tag, len) {
        Wanted::All => (StatusCode::OK, file.bytes, None),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, file.bytes.slice(range.clone()), Some(range)),
        Wanted::Nothing => return not_satisfiable(len),
    };
    let mut response = validated(status, &tag, privacy).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(range) = range {
        let text = format!("bytes {}-{}/{len}", range.start, range.end - 1);
        insert(headers, header::CONTENT_RANGE, &text);
    }
    if asked.method != Method::HEAD {
        metrics::counter!("mutoscope_media_bytes_total").increment(bytes.len() as u64);
        *response.body_mut() = body::Body::from(bytes);
    }
    response
}

fn validated(status: StatusCode, tag: &str, privacy: Privacy) -> impl IntoResponse {
    let mut headers = HeaderMap::new();
    insert(&mut headers, header::ETAG, tag);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(privacy)));
    (status, headers)
}

/// Under a versioned address bytes never change: what everyone may see may be kept by everyone.
const fn caching(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "public, max-age=31536000, immutable",
        Privacy::Unlisted | Privacy::Private => "private, no-store",
    }
}

fn not_satisfiable(len: usize) -> Response {
    let detail = format!("there are {len} bytes here; ask for some of them");
    let mut response = ApiError::new(Code::RangeNotSatisfiable, detail).into_response();
    insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{len}"));
    response
}

/// Whether an If-None-Match names the tag, by weak comparison (RFC 9110, 13.1.2).
fn names_tag(tags: &str, tag: &str) -> bool {
    tags.trim() == "*" || tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// A range counts for GET alone (RFC 9110, 14.2), and only for the representation that If-Range names, by strong
/// comparison (13.1.5). What can't be read as one range of bytes is left out of account.
fn wanted(asked: Asked<'_>, tag: &str, len: usize) -> Wanted {
    let same = asked.header(header::IF_RANGE).is_none_or(|named| named.trim() == tag);
    match asked.header(header::RANGE) {
        Some(range) if same && asked.method == Method::GET => parse_range(range, len),
        _ => Wanted::All,
    }
}

fn parse_range(text: &str, len: usize) -> Wanted {
    let Some((unit, set)) = text.split_once('=') else {
        return Wanted::All;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::All;
    }
    let Some((first, last)) = set.trim().split_once('-') else {
        return Wanted::All;
    };
    match (position(first), position(last)) {
        (Some(None), Some(Some(suffix))) => {
            if suffix == 0 || len == 0 {
                return Wanted::Nothing;
            }
            Wanted::Part(len.saturating_sub(suffix)..len)
        }
        (Some(Some(first)), Some(last)) => {
            let last = last.unwrap_or(usize::MAX);
            if last < first {
                return Wanted::All;
            }
            if first >= len {
                return Wanted::Nothing;
            }
            Wanted::Part(first..last.saturating_add(1).min(len))
        }
        _ => Wanted::All,
    }
}

/// Digits as a number (as large as may be where they are more than we can count), nothing as none; `None` for what is
/// neither: a second range, say.
fn position(text: &str) -> Option<Option<usize>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Some(text.parse().unwrap_or(usize::MAX)))
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        let part = |range| Wanted::Part(range);
        for (text, expected) in [
            ("bytes=0-3", part(0..4)),
            ("bytes=0-0", part(0..1)),
            ("bytes=9-9", part(9..10)),
            ("bytes=4-", part(4..10)),
            ("bytes=4-99", part(4..10)),
            ("bytes=-3", part(7..10)),
            ("bytes=-99", part(0..10)),
            ("BYTES = 1-2", part(1..3)),
            ("bytes=0-99999999999999999999999", part(0..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=10-12", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=3-1", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("bytes=a-b", Wanted::All),
            ("bytes=-1-2", Wanted::All),
            ("lines=0-3", Wanted::All),
            ("bytes", Wanted::All),
            ("", Wanted::All),
        ] {
            assert_eq!(parse_range(text, 10), expected, "{text:?}");
        }
    }

    #[test]
    fn a_tag_is_found_in_a_list_weak_or_not() {
        for tags in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b\",W/\"a\" ", "*"] {
            assert!(names_tag(tags, "\"a\""), "{tags:?}");
        }
        for tags in ["", "a", "\"b\"", "\"a"] {
            assert!(!names_tag(tags, "\"a\""), "{tags:?}");
        }
    }
}
