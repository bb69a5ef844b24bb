//! Videos: list, show, edit, choose the poster, delete, try again.

mod delete;
mod edit;
pub mod fields;
pub mod list;
mod poster;
mod retry;
mod show;

use mutoscope_core::{
    db::videos::{self, Video},
    id::VideoId,
    privacy::{Access, allows},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    extract::{CurrentUser, MaybeUser},
    reads::Seen,
};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(list::mine))
        .routes(routes!(list::administrators))
        .routes(routes!(show::show, edit::edit, delete::delete))
        .routes(routes!(poster::choose))
        .routes(routes!(retry::retry))
}

/// The video, where whoever asks may watch it. To everyone else it is not there.
pub async fn watchable(app: &App, asking: &MaybeUser, id: VideoId) -> ApiResult<Video> {
    let found = videos::find(&app.db, id).await?;
    found
        .filter(|video| allows(asking.viewer, Access::Watch, video.guarded()))
        .ok_or_else(|| asking.not_found("this video"))
}

/// The same with details that may lag, where there is a replica: whether it may be seen is asked of the primary, and
/// whoever may change it sees it as it is.
async fn watchable_by_others(app: &App, asking: &MaybeUser, seen: Seen, id: VideoId) -> ApiResult<Video> {
    if app.replica.is_none() || seen == Seen::Unknown {
        return watchable(app, asking, id).await;
    }
    let guarded = videos::guarded(&app.db, id).await?.ok_or_else(|| asking.not_found("this video"))?;
    if !allows(asking.viewer, Access::Watch, guarded) {
        return Err(asking.not_found("this video"));
    }
    if allows(asking.viewer, Access::Manage, guarded) {
        return watchable(app, asking, id).await;
    }
    match app.may_lag(seen, |db| async move { videos::find(&db, id).await }).await? {
        Some(video) => Ok(video),
        // It is younger than what the replica has.
        None => watchable(app, asking, id).await,
    }
}

/// The video, where this user may change it. To everyone else it is not there.
async fn managed(app: &App, user: &CurrentUser, id: VideoId) -> ApiResult<Video> {
    let found = videos::find(&app.db, id).await?;
    found
        .filter(|video| allows(user.viewer(), Access::Manage, video.guarded()))
        .ok_or_else(|| ApiError::not_found("this video"))
}
