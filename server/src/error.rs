//! Failures as clients see them: RFC 9457 problem+json with a stable code and a sentence that tells a person what to do.

mod codes;

pub use codes::Code;

use std::{borrow::Cow, error::Error, time::Duration};

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use mutoscope_core::{db::DbError, error::ErrorKind, store::StoreError};
use mutoscope_transcoder::error::{MediaErrorCode, WARNINGS};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::middleware::request_id;

/// What a handler returns when it can't do what was asked.
///
/// The cause is logged once, when the answer is made, and never shown.
#[derive(Debug)]
pub struct ApiError {
    code: Code,
    detail: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    parts: Vec<PartFault>,
    retry_after: Option<Duration>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// The result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// The body of every failed answer (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/api/docs#error-video_not_found")]
    kind: String,
    /// What the code means, the same for every occurrence.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened here and what to do about it, for a person.
    detail: String,
    /// Stable; programs decide by it. All are listed in `schema/errors.json`.
    code: &'static str,
    /// The field of the request that is at fault, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The parts of an upload that are at fault, by number, where some are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartFault>,
    /// Names this request in the server's log.
    request_id: String,
}

/// A part of an upload that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartFault {
    /// From 1.
    pub number: i64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It never came.
    Missing,
    /// It is shorter than it must be.
    TooShort,
    /// It is longer than it must be.
    TooLarge,
}

impl ApiError {
    /// A failure with its own sentence.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), field: None, parts: Vec::new(), retry_after: None, cause: None }
    }

    /// A field of the request that can't be accepted as it is.
    pub fn invalid(field: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::InvalidField, detail).with_field(field)
    }

    /// What was asked for is not there, or the caller may not know that it is. `what` as in "this video".
    pub fn not_found(what: &'static str) -> Self {
        Self::new(Code::NotFound, format!("{what} is not there, or is not yours to see"))
    }

    /// A fault of ours; `cause` goes to the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal, Code::Internal.title()).with_cause(cause)
    }

    /// Names the field at fault.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the parts of an upload at fault.
    #[must_use]
    pub fn with_parts(mut self, parts: Vec<PartFault>) -> Self {
        self.parts = parts;
        self
    }

    /// Tells the client when to try again.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The sentence for a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    fn log(&self) {
        let Some(cause) = &self.cause else { return };
        let cause: &(dyn Error + 'static) = cause.as_ref();
        if self.code.status().is_server_error() {
            tracing::error!(error.code = self.code.as_str(), error = cause, "a request failed");
        } else {
            tracing::info!(error.code = self.code.as_str(), error = cause, "a request was refused");
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        metrics::counter!("mutoscope_errors_total", "code" => self.code.as_str()).increment(1);
        let status = self.code.status();
        let problem = Problem {
            kind: format!("/api/docs#error-{}", self.code.as_str()),
            title: self.code.title(),
            status: status.as_u16(),
            detail: self.detail.into_owned(),
            code: self.code.as_str(),
            field: self.field.map(Cow::into_owned),
            parts: self.parts,
            request_id: request_id::current(),
        };
        let mut response = (status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs().max(1);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Every code, as `schema/errors.json` holds them: those of failed answers with status and title, and those of films
/// that can't be made, and warnings about films that can, with the sentence that their owner reads.
pub fn listing() -> String {
    let codes = Code::ALL
        .iter()
        .map(|code| json!({ "code": code.as_str(), "status": code.status().as_u16(), "title": code.title() }));
    let failures = MediaErrorCode::ALL.iter().map(|code| json!({ "code": code.as_str(), "message": code.sentence() }));
    let warnings = WARNINGS.iter().map(|kind| json!({ "code": kind.code, "message": kind.sentence }));
    let listing = json!({
        "codes": codes.collect::<Vec<_>>(),
        "failures": failures.collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
    });
    format!("{listing:#}\n")
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        from_kind(error.kind(), error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            kind if kind.is_retryable() => from_kind(kind, error),
            // A row promised the object: that it is not there, or not as promised, is a fault of ours.
            _ => ApiError::internal(error),
        }
    }
}

fn from_kind(kind: ErrorKind, error: impl Error + Send + Sync + 'static) -> ApiError {
    let code = match kind {
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::Conflict => Code::Conflict,
        ErrorKind::Unavailable | ErrorKind::Cancelled => Code::Unavailable,
        ErrorKind::Full => Code::StorageFull,
        ErrorKind::Refused | ErrorKind::Internal => Code::Internal,
    };
    let failure = ApiError::new(code, code.title()).with_cause(error);
    match code {
        Code::Unavailable => failure.with_retry_after(Duration::from_secs(2)),
        Code::StorageFull => failure.with_retry_after(Duration::from_secs(10)),
        _ => failure,
    }
}
