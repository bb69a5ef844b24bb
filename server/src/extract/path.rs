//! An id in the path; text that is none is answered like an id that nothing has.

use std::str::FromStr;

use axum::{
    RequestPartsExt,
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::error::{ApiError, Code};

/// The only `{..}` of the path, as a typed id.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<T, S> FromRequestParts<S> for PathId<T>
where
    T: FromStr,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let nothing = || ApiError::new(Code::NotFound, "nothing has this id");
        let Path(text) = parts.extract::<Path<String>>().await.map_err(|_| nothing())?;
        text.parse().map(Self).map_err(|_| nothing())
    }
}
