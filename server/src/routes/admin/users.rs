//! `admin/users`: who is here, what they may do and store.

use axum::{
    extract::{Query, State},
    http::StatusCode,
};
use mutoscope_core::{
    account::{Password, Role, login_key},
    db::users::{self, Restrained},
    id::UserId,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::random,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{Administrator, ApiJson, PageQuery, Paging, PathId},
    view::account::{AccountView, RoleView},
};

const MAX_QUERY_CHARS: usize = 100;

/// Which users.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// A part of the user name or the e-mail address.
    q: Option<String>,
}

/// A page of users.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminUserPage {
    /// The newest first.
    users: Vec<AccountView>,
    /// For the next page; null on the last.
    next_cursor: Option<String>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = AdminUserChange)]
pub struct Change {
    /// Block or unblock. A blocked account is signed out everywhere, and its videos are out of sight.
    blocked: Option<bool>,
    /// What its videos may take, in bytes; null: what the settings say.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    quota_bytes: Option<Option<i64>>,
    /// What it may do.
    #[schema(value_type = Option<RoleView>)]
    role: Option<Role>,
}

/// A password that an administrator chose.
#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    /// 8 to 256 characters.
    password: String,
}

/// A password that was made for someone.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneTimePassword {
    /// Shown once. Give it to its owner, and have them change it.
    password: String,
}

/// List the users, or find some.
#[utoipa::path(
    get,
    path = "/admin/users",
    tag = "administration",
    params(PageQuery, Filter),
    responses((status = 200, body = AdminUserPage), (status = 403, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn list(
    State(app): State<App>,
    _: Administrator,
    paging: Paging<UserId>,
    Query(filter): Query<Filter>,
) -> ApiResult<ApiJson<AdminUserPage>> {
    let part: Option<String> = filter.q.map(|q| q.chars().take(MAX_QUERY_CHARS).collect());
    let part = part.as_deref().map(login_key);
    let mut found = users::list(&app.db, part.as_deref(), paging.after, paging.fetch_limit()).await?;
    let next_cursor = paging.cut(&mut found, |line| line.user.id);
    Ok(ApiJson(AdminUserPage { users: found.into_iter().map(AccountView::from).collect(), next_cursor }))
}

/// Block, unblock, promote, demote, or set the quota.
#[utoipa::path(
    patch,
    path = "/admin/users/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The user")),
    request_body = Change,
    responses(
        (status = 200, body = AccountView),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`last_administrator`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn change(
    State(app): State<App>,
    Administrator(admin): Administrator,
    PathId(id): PathId<UserId>,
    ApiJson(change): ApiJson<Change>,
) -> ApiResult<ApiJson<AccountView>> {
    if let Some(Some(quota)) = change.quota_bytes
        && quota < 0
    {
        return Err(ApiError::invalid("quota_bytes", "a quota is not less than nothing"));
    }
    if let Some(role) = change.role {
        restrained(users::set_role(&app.db, id, role).await?)?;
    }
    match change.blocked {
        Some(true) => restrained(users::block(&app.db, id).await?)?,
        Some(false) => users::unblock(&app.db, id).await?,
        None => {}
    }
    if let Some(quota) = change.quota_bytes {
        users::set_quota(&app.db, id, quota).await?;
    }
    tracing::info!(user.id = %id, administrator.id = %admin.user_id, "an administrator changed an account");
    let line = users::line(&app.db, id).await?.ok_or_else(|| ApiError::not_found("this account"))?;
    Ok(ApiJson(line.into()))
}

/// Delete an account, with all its videos.
#[utoipa::path(
    delete,
    path = "/admin/users/{id}",
    tag = "administration",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 204, description = "The account and its videos are gone."),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`last_administrator`"),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn delete(
    State(app): State<App>,
    Administrator(admin): Administrator,
    PathId(id): PathId<UserId>,
) -> ApiResult<StatusCode> {
    restrained(users::remove(&app.db, id).await?)?;
    tracing::info!(user.id = %id, administrator.id = %admin.user_id, "an administrator deleted an account");
    Ok(StatusCode::NO_CONTENT)
}

/// Set a password for someone; they are signed out everywhere.
#[utoipa::path(
    put,
    path = "/admin/users/{id}/password",
    tag = "administration",
    params(("id" = String, Path, description = "The user")),
    request_body = NewPassword,
    responses((status = 204, description = "It counts."), (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn set_password(
    State(app): State<App>,
    Administrator(admin): Administrator,
    PathId(id): PathId<UserId>,
    ApiJson(new): ApiJson<NewPassword>,
) -> ApiResult<StatusCode> {
    let password = Password::parse(&new.password).map_err(|error| ApiError::invalid("password", error.to_string()))?;
    replace_password(&app, admin.user_id, id, password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a new password for someone; they are signed out everywhere.
#[utoipa::path(
    post,
    path = "/admin/users/{id}/password-reset",
    tag = "administration",
    params(("id" = String, Path, description = "The user")),
    responses((status = 200, body = OneTimePassword), (status = 404, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
pub async fn reset_password(
    State(app): State<App>,
    Administrator(admin): Administrator,
    PathId(id): PathId<UserId>,
) -> ApiResult<ApiJson<OneTimePassword>> {
    let text = random::one_time_password().map_err(ApiError::internal)?;
    let password = Password::parse(&text).map_err(ApiError::internal)?;
    replace_password(&app, admin.user_id, id, password).await?;
    Ok(ApiJson(OneTimePassword { password: text }))
}

async fn replace_password(app: &App, by: UserId, id: UserId, password: Password) -> ApiResult<()> {
    let hash = app.passwords.hash(password).await?;
    users::reset_password(&app.db, id, &hash).await?;
    tracing::info!(user.id = %id, administrator.id = %by, "an administrator set a password");
    Ok(())
}

fn restrained(outcome: Restrained) -> ApiResult<()> {
    match outcome {
        Restrained::Done => Ok(()),
        Restrained::LastAdministrator => Err(ApiError::new(
            Code::LastAdministrator,
            "this is the only administrator who can sign in; make someone else one first",
        )),
    }
}

/// Tells a null from a field that was left out.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(deserializer).map(Some)
}
