//! `PUT auth/password`: a new password; every other device is signed out.

use axum::{Extension, extract::State, http::StatusCode};
use mutoscope_core::{account::Password, db::users, id::UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{ApiJson, CurrentUser},
    middleware::peer::Peer,
};

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
pub struct Request {
    /// What it is now.
    current_password: String,
    /// 8 to 256 characters.
    new_password: String,
}

/// Change my password. Every other session ends; this one goes on.
#[utoipa::path(
    put,
    path = "/auth/password",
    tag = "accounts",
    request_body = Request,
    responses(
        (status = 204, description = "The new password counts."),
        (status = 403, body = Problem, description = "`wrong_password`"),
        (status = 422, body = Problem, description = "`invalid_field`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn change_password(
    State(app): State<App>,
    current: CurrentUser,
    Extension(peer): Extension<Peer>,
    ApiJson(request): ApiJson<Request>,
) -> ApiResult<StatusCode> {
    let new =
        Password::parse(&request.new_password).map_err(|error| ApiError::invalid("new_password", error.to_string()))?;
    let old_hash = demand_password(&app, current.user_id, &request.current_password, "current_password", peer).await?;
    let new_hash = app.passwords.hash(new).await?;
    users::change_password(&app.db, current.user_id, &old_hash, &new_hash, current.session_id).await?;
    tracing::info!(user.id = %current.user_id, "a password was changed");
    Ok(StatusCode::NO_CONTENT)
}

/// The stored hash, where `password` fits it; guesses count as guesses at sign-in do.
pub(in crate::routes) async fn demand_password(
    app: &App,
    user_id: UserId,
    password: &str,
    field: &'static str,
    peer: Peer,
) -> ApiResult<String> {
    let tried = app.throttle.login(&user_id.to_string(), peer.address).await?;
    let hash = users::password_hash(&app.db, user_id).await?.ok_or_else(|| ApiError::not_found("this account"))?;
    let is_right = app.passwords.verify(Password::to_compare(password), Some(hash.clone())).await?;
    if !is_right {
        return Err(ApiError::new(Code::WrongPassword, "this is not your current password").with_field(field));
    }
    tried.give_back();
    Ok(hash)
}
