//! The devices a person is signed in on.

use axum::{extract::State, http::StatusCode};
use mutoscope_core::{
    db::sessions::{self, Session},
    id::SessionId,
    time::UnixMs,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiJson, CurrentUser, PathId},
};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, end_others)).routes(routes!(end))
}

/// A signed-in device.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: SessionId,
    /// What the device calls itself.
    user_agent: String,
    /// Where it signed in from.
    address: String,
    /// When it signed in.
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    /// When it was last seen, give or take the lifetime of an access token.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: UnixMs,
    /// When it is signed out if it is not used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: UnixMs,
    /// Whether it is this device.
    current: bool,
}

/// All devices.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionList {
    /// The last used first.
    sessions: Vec<SessionView>,
}

/// On which devices am I signed in?
#[utoipa::path(
    get,
    path = "/me/sessions",
    tag = "accounts",
    responses((status = 200, body = SessionList), (status = 401, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
async fn list(State(app): State<App>, current: CurrentUser) -> ApiResult<ApiJson<SessionList>> {
    let sessions = sessions::list(&app.db, current.user_id).await?;
    let sessions = sessions.into_iter().map(|session| view(session, &current)).collect();
    Ok(ApiJson(SessionList { sessions }))
}

/// Sign out everywhere else.
#[utoipa::path(
    delete,
    path = "/me/sessions",
    tag = "accounts",
    responses((status = 204, description = "Only this session goes on."), (status = 401, body = Problem)),
    security(("bearer" = []), ("cookie" = []))
)]
async fn end_others(State(app): State<App>, current: CurrentUser) -> ApiResult<StatusCode> {
    sessions::end_others(&app.db, current.user_id, current.session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign one device out.
#[utoipa::path(
    delete,
    path = "/me/sessions/{id}",
    tag = "accounts",
    params(("id" = String, Path, description = "The session")),
    responses(
        (status = 204, description = "It has ended."),
        (status = 401, body = Problem),
        (status = 404, body = Problem),
    ),
    security(("bearer" = []), ("cookie" = []))
)]
async fn end(State(app): State<App>, current: CurrentUser, PathId(id): PathId<SessionId>) -> ApiResult<StatusCode> {
    if !sessions::end(&app.db, current.user_id, id).await? {
        return Err(ApiError::not_found("this session"));
    }
    Ok(StatusCode::NO_CONTENT)
}

fn view(session: Session, current: &CurrentUser) -> SessionView {
    SessionView {
        current: session.id == current.session_id,
        id: session.id,
        user_agent: session.user_agent,
        address: session.address,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
    }
}
