//! `POST auth/logout`: the session ends, whichever of its tokens is brought.

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use mutoscope_core::db::sessions;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{
        credentials::{self, Credentials},
        random, session, token,
    },
    error::ApiResult,
    extract::OptionalJson,
    middleware::peer::Peer,
};

/// Only for programs whose access token is out of date.
#[derive(Deserialize, Default, ToSchema)]
#[schema(as = Logout)]
pub struct Request {
    /// The session's refresh token.
    refresh_token: Option<String>,
}

/// Sign out on this device. Done is done: without a session the answer is the same.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "accounts",
    request_body = Request,
    responses((status = 204, description = "The session has ended; its cookies are taken away.")),
    security((), ("bearer" = []), ("cookie" = []))
)]
pub async fn logout(
    State(app): State<App>,
    parts: Parts,
    OptionalJson(request): OptionalJson<Request>,
) -> ApiResult<Response> {
    let refresh_cookie = credentials::refresh_cookie(&parts, &app)?;
    if let Credentials::Bearer(token) | Credentials::Cookie(token) = credentials::read(&parts, &app)?
        && let Ok(access) = token::verify(&app.keys.current(), &token)
    {
        sessions::end(&app.db, access.user_id, access.session_id).await?;
    }
    for token in [request.refresh_token, refresh_cookie].into_iter().flatten() {
        sessions::end_by_token(&app.db, &random::fingerprint(&token)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    session::clear_cookies(response.headers_mut(), Peer::of(&parts.extensions));
    Ok(response)
}
