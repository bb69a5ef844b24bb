//! `POST videos/{id}/retry`: tries a failed video again, or what is missing beside one that plays.

use axum::{extract::State, http::StatusCode};
use mutoscope_core::{db::videos, id::VideoId};

use super::managed;
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{CurrentUser, PathId},
};

/// Tries a failed video again, from the file that was uploaded. Of one that plays, what one of its warnings says can be
/// tried again (captions, thumbnails, poster) is made again, and the warning is gone.
#[utoipa::path(
    post, path = "/videos/{id}/retry", tag = "videos", params(("id" = String, Path, description = "the video")),
    responses(
        (status = 202, description = "it is tried again"),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such video of yours", body = Problem),
        (status = 409, description = "neither it nor anything beside it has failed: not_failed", body = Problem),
    )
)]
pub async fn retry(State(app): State<App>, user: CurrentUser, PathId(id): PathId<VideoId>) -> ApiResult<StatusCode> {
    managed(&app, &user, id).await?;
    match videos::retry(&app.db, id).await? {
        Some(_) => Ok(StatusCode::ACCEPTED),
        None => Err(ApiError::new(
            Code::NotFailed,
            "only a video that failed, or what is missing beside one, can be tried again",
        )),
    }
}
