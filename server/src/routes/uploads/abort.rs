//! `DELETE uploads/{id}`: gives an unfinished upload up, and its video with it.

use axum::{extract::State, http::StatusCode};
use mutoscope_core::{db::uploads, id::UploadId};

use super::own;
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{CurrentUser, PathId},
};

/// Gives an unfinished upload up.
#[utoipa::path(
    delete, path = "/uploads/{id}", tag = "uploads", params(("id" = String, Path, description = "the upload")),
    responses(
        (status = 204, description = "it is gone, and its video too"),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such upload of yours", body = Problem),
        (status = 409, description = "it is complete: delete the video instead", body = Problem),
    )
)]
pub async fn abort(State(app): State<App>, user: CurrentUser, PathId(id): PathId<UploadId>) -> ApiResult<StatusCode> {
    let upload = own(&app, user, id).await?;
    if uploads::abort(&app.db, upload.key()).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    match uploads::find(&app.db, id).await? {
        Some(_) => Err(ApiError::new(Code::UploadClosed, "the upload is complete; delete its video instead")),
        None => Ok(StatusCode::NO_CONTENT),
    }
}
