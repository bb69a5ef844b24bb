//! Beginning and carrying on a session: the pair of tokens, and how they travel.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use mutoscope_core::{
    db::{
        sessions::{self, NewSession, Refreshed},
        users::User,
    },
    id::SessionId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    cookies::{self, SessionCookie},
    random,
    token::{self, Access},
};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code},
    middleware::peer::Peer,
    view::account::UserView,
};

const MAX_USER_AGENT_CHARS: usize = 200;

/// Where a session is used from.
#[derive(Debug, Clone)]
pub struct Device {
    peer: Peer,
    user_agent: String,
    wants_cookies: bool,
}

/// The answer to register, login and refresh.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// Who signed in.
    pub user: UserView,
    /// Goes into the header `Authorization: Bearer ..`. Null where the session travels as cookies.
    pub access_token: Option<String>,
    /// How long the access token is good, in seconds.
    pub expires_in_s: u64,
    /// Good for one exchange at `auth/refresh`. Null where the session travels as cookies.
    pub refresh_token: Option<String>,
}

/// A session that stands, with its tokens.
#[derive(Debug)]
pub struct Opened {
    signed_in: SignedIn,
    session_lifetime: Duration,
    secure: bool,
    wants_cookies: bool,
}

impl Device {
    /// The device that sent this request.
    pub fn of(headers: &HeaderMap, peer: Peer) -> Self {
        let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            peer,
            user_agent: user_agent.unwrap_or("").chars().take(MAX_USER_AGENT_CHARS).collect(),
            wants_cookies: cookies::asked_for(headers),
        }
    }

    /// The same device, which brought its refresh token as a cookie and so gets the next one as a cookie.
    #[must_use]
    pub fn with_cookies(mut self) -> Self {
        self.wants_cookies = true;
        self
    }
}

/// Begins a session for `user`, whose right to it has been checked.
pub async fn begin(app: &App, user: User, device: &Device) -> ApiResult<Opened> {
    let refresh_token = random::secret().map_err(ApiError::internal)?;
    let new = NewSession {
        user_id: user.id,
        refresh_sha256: &random::fingerprint(&refresh_token),
        user_agent: &device.user_agent,
        address: &device.peer.address.to_string(),
        lifetime: app.config.accounts.session_lifetime,
    };
    let session_id = sessions::begin(&app.db, &new).await?;
    tracing::info!(user.id = %user.id, session.id = %session_id, "signed in");
    open(app, user, session_id, refresh_token, device).await
}

/// Exchanges a refresh token for the next pair.
///
/// # Errors
/// [`Code::InvalidRefreshToken`] where it is not the current one of a session that stands; one that was exchanged
/// before ends its session.
pub async fn carry_on(app: &App, presented: &str, device: &Device) -> ApiResult<Opened> {
    let next = random::secret().map_err(ApiError::internal)?;
    let lifetime = app.config.accounts.session_lifetime;
    let presented = random::fingerprint(presented);
    let refreshed = sessions::refresh(&app.db, &presented, &random::fingerprint(&next), lifetime).await?;
    match refreshed {
        Refreshed::Renewed { session_id, user } => open(app, *user, session_id, next, device).await,
        Refreshed::Reused { session_id } => {
            tracing::warn!(
                session.id = %session_id,
                client.address = %device.peer.address,
                "a refresh token came a second time: its session ends"
            );
            Err(over())
        }
        Refreshed::Unknown => Err(over()),
    }
}

/// Takes the cookies away from whoever sent them.
pub fn clear_cookies(headers: &mut HeaderMap, peer: Peer) {
    SessionCookie::Access.clear(headers, peer.secure);
    SessionCookie::Refresh.clear(headers, peer.secure);
}

impl Opened {
    /// The answer, with the tokens in cookies or in the body, as the device asked.
    pub fn into_answer(mut self, status: StatusCode) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
        if self.wants_cookies {
            let access = self.signed_in.access_token.take().unwrap_or_default();
            let refresh = self.signed_in.refresh_token.take().unwrap_or_default();
            let access_lifetime = Duration::from_secs(self.signed_in.expires_in_s);
            SessionCookie::Access.set(&mut headers, self.secure, &access, access_lifetime);
            SessionCookie::Refresh.set(&mut headers, self.secure, &refresh, self.session_lifetime);
        }
        (status, headers, Json(self.signed_in)).into_response()
    }
}

async fn open(
    app: &App,
    user: User,
    session_id: SessionId,
    refresh_token: String,
    device: &Device,
) -> ApiResult<Opened> {
    let lifetime = app.config.accounts.access_token_lifetime;
    let access = Access { user_id: user.id, session_id };
    let access_token = token::issue(&app.keys.current(), access, lifetime).map_err(ApiError::internal)?;
    Ok(Opened {
        signed_in: SignedIn {
            user: UserView::load(&app.db, &app.config.uploads, user).await?,
            access_token: Some(access_token),
            expires_in_s: lifetime.as_secs(),
            refresh_token: Some(refresh_token),
        },
        session_lifetime: app.config.accounts.session_lifetime,
        secure: device.peer.secure,
        wants_cookies: device.wants_cookies,
    })
}

fn over() -> ApiError {
    ApiError::new(Code::InvalidRefreshToken, Code::InvalidRefreshToken.title())
}
