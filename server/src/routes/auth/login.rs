//! `POST auth/login`: the same answer and the same work for an unknown name as for a wrong password.

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::Response,
};
use mutoscope_core::{
    account::{Password, login_key},
    db::users,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{
        credentials,
        session::{self, Device, SignedIn},
    },
    error::{ApiError, ApiResult, Code, Problem},
    extract::ApiJson,
    middleware::peer::Peer,
};

/// No name and no address is longer.
const MAX_LOGIN_CHARS: usize = 320;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[schema(as = Login)]
pub struct Request {
    /// User name or e-mail address, in any case.
    #[schema(example = "ada")]
    login: String,
    /// The password.
    password: String,
}

/// Sign in.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "accounts",
    request_body = Request,
    params(("X-Mutoscope-Session" = Option<String>, Header, description = "`cookie`: the session travels as cookies")),
    responses(
        (status = 200, body = SignedIn),
        (status = 401, body = Problem, description = "`wrong_credentials`"),
        (status = 403, body = Problem, description = "`account_blocked`"),
        (status = 429, body = Problem, description = "`too_many_requests`, with Retry-After"),
    )
)]
pub async fn login(State(app): State<App>, parts: Parts, ApiJson(request): ApiJson<Request>) -> ApiResult<Response> {
    credentials::demand_own_page_for_cookies(&parts, &app)?;
    let peer = Peer::of(&parts.extensions);
    let login: String = request.login.chars().take(MAX_LOGIN_CHARS).collect();
    let key = login_key(&login);
    let found = users::find_credentials(&app.db, &key).await?;
    // Name and address of one account share its tries; a name that nobody has gets as many.
    let account = found.as_ref().map_or(key, |found| found.user.id.to_string());
    let tried = app.throttle.login(&account, peer.address).await?;

    let password = Password::to_compare(&request.password);
    let hash = found.as_ref().map(|found| found.password_hash.clone());
    let is_right = app.passwords.verify(password, hash).await?;
    let Some(found) = found.filter(|_| is_right) else {
        return Err(ApiError::new(Code::WrongCredentials, "no account has this name and password; check both"));
    };
    tried.give_back();
    if found.user.blocked_at.is_some() {
        return Err(ApiError::new(Code::AccountBlocked, "an administrator has blocked this account; ask them why"));
    }
    let device = Device::of(&parts.headers, peer);
    let opened = session::begin(&app, found.user, &device).await?;
    Ok(opened.into_answer(StatusCode::OK))
}
