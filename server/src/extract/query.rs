//! What stands behind the question mark, typed.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Code};

/// A query string that fits; what it names beside is left out of account.
#[derive(Debug, Clone, Copy)]
pub struct ApiQuery<T>(pub T);

impl<T, S> FromRequestParts<S> for ApiQuery<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let detail = rejection.body_text();
                let said = detail.rsplit(": ").next().unwrap_or("the query can't be read").to_owned();
                Err(ApiError::new(Code::InvalidField, said).with_cause(rejection))
            }
        }
    }
}
