//! `PATCH videos/{id}`: changes what is said about a video, and who may see it.

use axum::extract::State;
use mutoscope_core::{
    db::videos::{self, VideoChange},
    id::VideoId,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{fields, managed};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiJson, CurrentUser, PathId},
    view::{Privacy, Video},
};

/// What to change; what is left out, or null, stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = VideoChange)]
pub struct Change {
    /// 1 to 200 characters.
    title: Option<String>,
    /// At most 5000 characters.
    description: Option<String>,
    /// All tags; at most 20, each of at most 40 characters.
    tags: Option<Vec<String>>,
    /// Who may see it from now on.
    privacy: Option<Privacy>,
}

/// Changes a video.
#[utoipa::path(
    patch, path = "/videos/{id}", tag = "videos", params(("id" = String, Path, description = "the video")),
    request_body = Change,
    responses(
        (status = 200, description = "the video as it is now", body = Video),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such video of yours", body = Problem),
        (status = 422, description = "a field is not acceptable", body = Problem),
    )
)]
pub async fn edit(
    State(app): State<App>,
    user: CurrentUser,
    PathId(id): PathId<VideoId>,
    ApiJson(wanted): ApiJson<Change>,
) -> ApiResult<ApiJson<Video>> {
    let video = managed(&app, &user, id).await?;
    let change = VideoChange {
        title: wanted.title.as_deref().map(fields::title).transpose()?,
        description: wanted.description.as_deref().map(fields::description).transpose()?,
        tags: wanted.tags.as_deref().map(fields::tags).transpose()?,
        privacy: wanted.privacy.map(Into::into),
    };
    let changed = match change == VideoChange::default() {
        true => Some(video),
        false => videos::change(&app.db, id, &change).await?,
    };
    let video = changed.ok_or_else(|| ApiError::not_found("this video"))?;
    let warnings = videos::warnings(&app.db, &video).await?;
    Ok(ApiJson(Video::new(video, user.viewer()).with_warnings(warnings)))
}
