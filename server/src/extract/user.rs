//! Who is asking: someone signed in, an administrator, or anyone at all.

use axum::{extract::FromRequestParts, http::request::Parts};
use mutoscope_core::{
    account::Role,
    db::sessions,
    id::{SessionId, UserId},
    privacy::Viewer,
};

use crate::{
    app::App,
    auth::{
        credentials::{self, Credentials},
        token,
    },
    error::{ApiError, Code},
};

/// Someone signed in, not blocked, on a session that still stands; else 401.
#[derive(Debug, Clone, Copy)]
pub struct CurrentUser {
    /// Who.
    pub user_id: UserId,
    /// On which device.
    pub session_id: SessionId,
    /// What they may do.
    pub role: Role,
}

/// An administrator; 401 for nobody, 403 for anyone else.
#[derive(Debug, Clone, Copy)]
pub struct Administrator(pub CurrentUser);

/// Whoever asks, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct MaybeUser {
    /// For [`mutoscope_core::privacy::allows`].
    pub viewer: Viewer,
    /// A cookie session whose access token has to be renewed: what is hidden from a stranger may not be hidden from it.
    pub is_stale: bool,
}

impl CurrentUser {
    /// For [`mutoscope_core::privacy::allows`].
    pub fn viewer(&self) -> Viewer {
        match self.role {
            Role::Admin => Viewer::Administrator(self.user_id),
            Role::Member => Viewer::User(self.user_id),
        }
    }
}

impl MaybeUser {
    /// The answer where `what` is not to be seen: "renew your token" to a session that may yet be allowed to, else
    /// "not there". `what` as in "this video".
    pub fn not_found(&self, what: &'static str) -> ApiError {
        if self.is_stale { invalid_token() } else { ApiError::not_found(what) }
    }
}

impl FromRequestParts<App> for CurrentUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match credentials::read(parts, app)? {
            Credentials::Bearer(token) | Credentials::Cookie(token) => {
                identify(app, &token).await?.ok_or_else(invalid_token)
            }
            Credentials::Stale => Err(invalid_token()),
            Credentials::None => Err(ApiError::new(Code::NotSignedIn, Code::NotSignedIn.title())),
        }
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let user = CurrentUser::from_request_parts(parts, app).await?;
        if user.role != Role::Admin {
            return Err(ApiError::new(Code::AdministratorsOnly, Code::AdministratorsOnly.title()));
        }
        Ok(Self(user))
    }
}

impl FromRequestParts<App> for MaybeUser {
    type Rejection = ApiError;

    /// A program that sends a token that is not valid is told so; a browser whose cookie is out of date is a stranger.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let stranger = |is_stale| Self { viewer: Viewer::Anonymous, is_stale };
        match credentials::read(parts, app)? {
            Credentials::None => Ok(stranger(false)),
            Credentials::Stale => Ok(stranger(true)),
            Credentials::Bearer(token) => {
                let user = identify(app, &token).await?.ok_or_else(invalid_token)?;
                Ok(known(&user))
            }
            Credentials::Cookie(token) => {
                let user = identify(app, &token).await?;
                Ok(user.as_ref().map_or(stranger(true), known))
            }
        }
    }
}

/// Whoever holds `token`, while their session stands: one look at the database for every request, so that a block, a
/// sign-out or a new role counts at once.
async fn identify(app: &App, token: &str) -> Result<Option<CurrentUser>, ApiError> {
    let Ok(access) = token::verify(&app.keys.current(), token) else {
        return Ok(None);
    };
    let standing = sessions::standing(&app.db, access.session_id).await?;
    Ok(standing.filter(|standing| standing.user_id == access.user_id).map(|standing| CurrentUser {
        user_id: access.user_id,
        session_id: access.session_id,
        role: standing.role,
    }))
}

fn known(user: &CurrentUser) -> MaybeUser {
    MaybeUser { viewer: user.viewer(), is_stale: false }
}

fn invalid_token() -> ApiError {
    ApiError::new(Code::InvalidToken, Code::InvalidToken.title())
}
