//! `PUT videos/{id}/poster`: has the poster taken at another instant of the film.

use axum::extract::State;
use mutoscope_core::{db::videos, id::VideoId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::managed;
use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiJson, CurrentUser, PathId},
    view::Video,
};

/// Where the poster is taken.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PosterChoice)]
pub struct Choice {
    /// In milliseconds of the film, before its end; null has it chosen by itself again.
    #[schema(required = true)]
    at_ms: Option<i64>,
}

/// Chooses the poster. It is taken in a moment; until then the one before is shown.
#[utoipa::path(
    put, path = "/videos/{id}/poster", tag = "videos", params(("id" = String, Path, description = "the video")),
    request_body = Choice,
    responses(
        (status = 200, description = "the video as it is now", body = Video),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such video of yours", body = Problem),
        (status = 422, description = "the film has no such instant, or is not probed yet", body = Problem),
    )
)]
pub async fn choose(
    State(app): State<App>,
    user: CurrentUser,
    PathId(id): PathId<VideoId>,
    ApiJson(choice): ApiJson<Choice>,
) -> ApiResult<ApiJson<Video>> {
    let video = managed(&app, &user, id).await?;
    let at_ms = match choice.at_ms {
        None => None,
        Some(at_ms) => {
            let length_ms = video.duration_ms.unwrap_or(0);
            let inside = u64::try_from(at_ms).ok().filter(|_| at_ms < length_ms);
            Some(inside.ok_or_else(|| ApiError::invalid("at_ms", "the film has no such instant"))?)
        }
    };
    let chosen = videos::choose_poster(&app.db, id, at_ms).await?;
    let video = chosen.ok_or_else(|| ApiError::not_found("this video"))?;
    let warnings = videos::warnings(&app.db, &video).await?;
    Ok(ApiJson(Video::new(video, user.viewer()).with_warnings(warnings)))
}
