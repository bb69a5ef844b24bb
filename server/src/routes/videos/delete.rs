//! `DELETE videos/{id}`: a video goes, with all that was made of it.

use axum::{extract::State, http::StatusCode};
use mutoscope_core::{db::videos, id::VideoId};

use super::managed;
use crate::{
    app::App,
    error::{ApiResult, Problem},
    extract::{CurrentUser, PathId},
};

/// Deletes a video. Work on it stops, and its objects go with the next sweep.
#[utoipa::path(
    delete, path = "/videos/{id}", tag = "videos", params(("id" = String, Path, description = "the video")),
    responses(
        (status = 204, description = "it is gone"),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such video of yours", body = Problem),
    )
)]
pub async fn delete(State(app): State<App>, user: CurrentUser, PathId(id): PathId<VideoId>) -> ApiResult<StatusCode> {
    managed(&app, &user, id).await?;
    videos::remove(&app.db, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
