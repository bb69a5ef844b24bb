//! What a gateway with a cache asks before it answers out of it: may everyone see this video?

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use mutoscope_core::{
    db::videos,
    id::VideoId,
    privacy::{Access, Viewer, allows},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, error::ApiResult, extract::ApiPath};

/// The routes, below `/`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(authorise))
}

/// Whether everyone may see a video: then, and only then, a cache may answer for it. For nginx' `auth_request`, which takes
/// 403 for a "no"; a video that is not there and one that is hidden get the same answer, so that it tells a stranger no more
/// than the list of videos does.
#[utoipa::path(
    get, path = "/gateway/videos/{id}", tag = "operation", params(("id" = String, Path, description = "the video")),
    responses(
        (status = 204, description = "everyone may see it"),
        (status = 403, description = "there is no such video, or not everyone may see it"),
    )
)]
async fn authorise(State(app): State<App>, ApiPath(id): ApiPath<String>) -> ApiResult<impl IntoResponse> {
    let video = match id.parse::<VideoId>() {
        Ok(id) => videos::find(&app.db, id).await?,
        Err(_) => None,
    };
    // What is unlisted can be watched by everyone who has its address, but nobody keeps it: see how media is answered.
    let for_everyone = video.is_some_and(|video| allows(Viewer::Anonymous, Access::List, video.guarded()));
    let status = if for_everyone { StatusCode::NO_CONTENT } else { StatusCode::FORBIDDEN };
    Ok((status, [(header::CACHE_CONTROL, "no-store")]))
}
