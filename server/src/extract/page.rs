//! Cursor paging: an opaque cursor that holds the last row's sort key, and a bounded page size.

use std::fmt;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::error::{ApiError, Code};

const DEFAULT_LIMIT: i64 = 24;
const MAX_LIMIT: i64 = 100;
const MAX_CURSOR_CHARS: usize = 512;

/// The query as it stands in the documents.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many, 1 to 100; 24 where it is left out.
    limit: Option<i64>,
}

/// A page to fetch: `limit` rows after the row whose sort key is `after`.
#[derive(Debug, Clone)]
pub struct Paging<K> {
    /// The sort key of the last row of the page before.
    pub after: Option<K>,
    /// 1 to 100.
    pub limit: i64,
}

impl<K: Serialize> Paging<K> {
    /// Cuts `rows` (fetched with a limit of [`Paging::fetch_limit`]) to the page and makes the cursor of the next.
    pub fn cut<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> K) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        let text = serde_json::to_vec(&key(rows.last()?)).ok()?;
        Some(BASE64.encode(text))
    }

    /// One more than a page: whether there is a next page shows by its last row.
    pub fn fetch_limit(&self) -> i64 {
        self.limit + 1
    }
}

impl<K, S> FromRequestParts<S> for Paging<K>
where
    K: DeserializeOwned + fmt::Debug,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(query) = Query::<PageQuery>::try_from_uri(&parts.uri).map_err(|_| {
            ApiError::new(Code::InvalidField, "limit must be a number from 1 to 100").with_field("limit")
        })?;
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::invalid("limit", "limit must be from 1 to 100"));
        }
        let after = query.cursor.as_deref().map(read_cursor).transpose()?;
        Ok(Self { after, limit })
    }
}

fn read_cursor<K: DeserializeOwned>(text: &str) -> Result<K, ApiError> {
    (text.len() <= MAX_CURSOR_CHARS)
        .then(|| BASE64.decode(text).ok())
        .flatten()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| {
            ApiError::new(Code::InvalidCursor, "use the next_cursor of the page before, unchanged").with_field("cursor")
        })
}
