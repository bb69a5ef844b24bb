//! A JSON body: limited in size, with errors that name the field.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{ApiError, Code};

/// JSON in, JSON out. The size limit is the router's.
#[derive(Debug, Clone, Copy)]
pub struct ApiJson<T>(pub T);

impl<T, S> FromRequest<S> for ApiJson<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !says_json(&request) {
            return Err(not_said_to_be_json());
        }
        let body = Bytes::from_request(request, state).await.map_err(unread)?;
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(unfit)?;
        reader.end().map_err(|error| ApiError::new(Code::InvalidRequest, format!("not JSON: {error}")))?;
        Ok(Self(value))
    }
}

/// A JSON body that may be left out.
#[derive(Debug, Clone, Copy)]
pub struct OptionalJson<T>(pub T);

impl<T, S> FromRequest<S> for OptionalJson<T>
where
    T: DeserializeOwned + Default,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let ApiJson(value) = ApiJson::from_request(request, state).await?;
            return Ok(Self(value));
        }
        let body = Bytes::from_request(request, state).await.map_err(unread)?;
        if !body.is_empty() {
            return Err(not_said_to_be_json());
        }
        Ok(Self(T::default()))
    }
}

impl<T: Serialize> IntoResponse for ApiJson<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

fn says_json(request: &Request) -> bool {
    let Some(value) = request.headers().get(header::CONTENT_TYPE) else {
        return false;
    };
    let essence = value.to_str().unwrap_or("").split(';').next().unwrap_or("");
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn not_said_to_be_json() -> ApiError {
    ApiError::new(Code::UnsupportedMediaType, "send the body as JSON, with content-type: application/json")
}

fn unread(rejection: BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::new(Code::BodyTooLarge, "the body is larger than this address takes")
    } else {
        ApiError::new(Code::InvalidRequest, "the body broke off").with_cause(rejection)
    }
}

fn unfit(error: serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let path = error.path().to_string();
    let error = error.into_inner();
    if !error.is_data() {
        return ApiError::new(Code::InvalidRequest, format!("not JSON: {error}"));
    }
    match path.as_str() {
        // Serde says for the whole object which field is missing.
        "." => {
            let said = error.to_string();
            match said.strip_prefix("missing field `").and_then(|s| s.split('`').next()) {
                Some(field) => ApiError::invalid(field.to_owned(), format!("{field} is missing")),
                None => ApiError::new(Code::InvalidField, said),
            }
        }
        _ => ApiError::invalid(path, error.to_string()),
    }
}
