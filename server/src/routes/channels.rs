//! Channels: an owner's public page.

use axum::extract::State;
use mutoscope_core::{
    account,
    db::{users, videos::Listing},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::videos::list::{ListCursor, page};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiJson, ApiPath, MaybeUser, PageQuery, Paging},
    reads::Seen,
    view::Channel,
};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(channel))
}

/// A channel with its public videos.
#[utoipa::path(
    get, path = "/channels/{handle}", tag = "videos",
    params(("handle" = String, Path, description = "the owner's user name, in any case"), PageQuery),
    responses(
        (status = 200, description = "the channel and a page of its videos, newest first", body = Channel),
        (status = 400, description = "the cursor is not of this list: invalid_cursor", body = Problem),
        (status = 404, description = "there is no such channel", body = Problem),
    )
)]
pub async fn channel(
    State(app): State<App>,
    asking: MaybeUser,
    seen: Seen,
    ApiPath(handle): ApiPath<String>,
    paging: Paging<ListCursor>,
) -> ApiResult<ApiJson<Channel>> {
    let key = account::login_key(&handle);
    let found = app.may_lag(seen, |db| {
        let key = key.clone();
        async move { users::find_by_handle(&db, &key).await }
    });
    let found = found.await?;
    let owner = found.filter(|owner| owner.blocked_at.is_none());
    let owner = owner.ok_or_else(|| ApiError::not_found("this channel"))?;
    let page = page(&app, asking.viewer, seen, Listing::Channel(owner.id), &paging).await?;
    Ok(ApiJson(Channel {
        handle: owner.handle,
        name: owner.display_name,
        videos: page.videos,
        next_cursor: page.next_cursor,
    }))
}
