//! Uploads: create, show, links, complete, abort, and the PUT of a part where the server keeps the objects itself.

mod abort;
mod check;
mod complete;
mod create;
mod link;
mod links;
mod put_part;
mod receiving;
mod show;

use axum::extract::DefaultBodyLimit;
use mutoscope_core::{
    db::uploads::{self, Upload},
    id::UploadId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use create::part_size;
pub use receiving::Receiving;

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    extract::CurrentUser,
};

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create))
        .routes(routes!(show::show, abort::abort))
        .routes(routes!(links::links))
        .routes(routes!(complete::complete))
}

/// The PUT of a part's bytes: no time-out over the whole body, and its own limit of size.
pub fn bytes_router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(put_part::put_part)).layer(DefaultBodyLimit::disable())
}

/// The upload, where it is this user's.
async fn own(app: &App, user: CurrentUser, id: UploadId) -> ApiResult<Upload> {
    let found = uploads::find(&app.db, id).await?;
    found.filter(|upload| upload.owner_id == user.user_id).ok_or_else(|| ApiError::not_found("this upload"))
}
