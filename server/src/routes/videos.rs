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

/// The video, where this user may change it. To everyone else it is not there.
async fn managed(app: &App, user: &CurrentUser, id: VideoId) -> ApiResult<Video> {
    let found = videos::find(&app.db, id).await?;
    found
        .filter(|video| allows(user.viewer(), Access::Manage, video.guarded()))
        .ok_or_else(|| ApiError::not_found("this video"))
}
