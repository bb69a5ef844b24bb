//! `GET uploads/{id}`: which parts are there.

use axum::extract::State;
use mutoscope_core::{db::uploads, id::UploadId};

use super::{check, own};
use crate::{
    app::App,
    error::{ApiResult, Problem},
    extract::{ApiJson, CurrentUser, PathId},
    view::Upload,
};

/// An upload with the parts that are there: what a client sends on after a break.
#[utoipa::path(
    get, path = "/uploads/{id}", tag = "uploads", params(("id" = String, Path, description = "the upload")),
    responses(
        (status = 200, description = "the upload", body = Upload),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 404, description = "there is no such upload of yours", body = Problem),
    )
)]
pub async fn show(
    State(app): State<App>,
    user: CurrentUser,
    PathId(id): PathId<UploadId>,
) -> ApiResult<ApiJson<Upload>> {
    let upload = own(&app, user, id).await?;
    if upload.completed_at.is_none() {
        check::promised_parts(&app, &upload).await?;
    }
    let parts = uploads::parts(&app.db, upload.key()).await?;
    Ok(ApiJson(Upload::new(upload, parts)))
}
