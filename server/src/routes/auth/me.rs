//! `GET auth/me`: who is signed in.

use axum::extract::State;
use mutoscope_core::db::users;

use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiJson, CurrentUser},
    view::account::UserView,
};

/// Who am I?
#[utoipa::path(
    get,
    path = "/auth/me",
    tag = "accounts",
    responses(
        (status = 200, body = UserView),
        (status = 401, body = Problem, description = "`not_signed_in`, `invalid_token`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn me(State(app): State<App>, current: CurrentUser) -> ApiResult<ApiJson<UserView>> {
    let user = users::find(&app.db, current.user_id).await?.ok_or_else(|| ApiError::not_found("this account"))?;
    Ok(ApiJson(UserView::load(&app.db, &app.config.uploads, user).await?))
}
