//! Who is asking: someone signed in, an administrator, or anyone at all.

use axum::{extract::FromRequestParts, http::request::Parts};
use mutoscope_core::{
    id::{SessionId, UserId},
    privacy::Viewer,
};

use crate::{
    app::App,
    error::{ApiError, Code},
};

/// Someone signed in, not blocked, on a session that still stands; else 401.
#[derive(Debug, Clone, Copy)]
pub struct CurrentUser {
    /// Who.
    pub user_id: UserId,
    /// On which device.
    pub session_id: SessionId,
    /// Whether they are an administrator.
    pub is_administrator: bool,
}

/// An administrator; 401 for nobody, 403 for anyone else.
#[derive(Debug, Clone, Copy)]
pub struct Administrator(pub CurrentUser);

/// Whoever asks, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct MaybeUser {
    /// For [`mutoscope_core::privacy::allows`].
    pub viewer: Viewer,
}

impl FromRequestParts<App> for CurrentUser {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, ApiError> {
        Err(ApiError::new(Code::NotSignedIn, Code::NotSignedIn.title()))
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let user = CurrentUser::from_request_parts(parts, app).await?;
        if !user.is_administrator {
            return Err(ApiError::new(
                Code::AdministratorsOnly,
                Code::AdministratorsOnly.title(),
            ));
        }
        Ok(Self(user))
    }
}

impl FromRequestParts<App> for MaybeUser {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, ApiError> {
        Ok(Self {
            viewer: Viewer::Anonymous,
        })
    }
}
