//! A person's own account: its end.

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use mutoscope_core::db::users::{self, Restrained};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::auth::demand_password;
use crate::{
    app::App,
    auth::session,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{ApiJson, CurrentUser},
    middleware::peer::Peer,
};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(delete_account))
}

/// A last look before everything goes.
#[derive(Deserialize, ToSchema)]
#[schema(as = AccountDeletion)]
pub struct Request {
    /// The current password.
    password: String,
}

/// Delete my account, with all its videos. There is no way back.
#[utoipa::path(
    delete,
    path = "/me",
    tag = "accounts",
    request_body = Request,
    responses(
        (status = 204, description = "The account and its videos are gone."),
        (status = 403, body = Problem, description = "`wrong_password`"),
        (status = 409, body = Problem, description = "`last_administrator`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
async fn delete_account(
    State(app): State<App>,
    current: CurrentUser,
    Extension(peer): Extension<Peer>,
    ApiJson(request): ApiJson<Request>,
) -> ApiResult<Response> {
    demand_password(&app, current.user_id, &request.password, "password", peer).await?;
    match users::remove(&app.db, current.user_id).await? {
        Restrained::Done => {}
        Restrained::LastAdministrator => {
            return Err(ApiError::new(
                Code::LastAdministrator,
                "you are the only administrator; make someone else one before you go",
            ));
        }
    }
    tracing::info!(user.id = %current.user_id, "an account was deleted by its owner");
    let mut response = StatusCode::NO_CONTENT.into_response();
    session::clear_cookies(response.headers_mut(), peer);
    Ok(response)
}
