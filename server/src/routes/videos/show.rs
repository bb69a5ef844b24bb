//! `GET videos/{id}`: a video with its state and its address.

use axum::extract::State;
use mutoscope_core::{
    db::{segments, videos},
    id::VideoId,
    privacy::{Access, allows},
    video::Beside,
};

use super::watchable_by_others;
use crate::{
    app::App,
    error::{ApiResult, Problem},
    extract::{ApiJson, MaybeUser, PathId},
    reads::Seen,
    routes::playback::Film,
    view::Video,
};

/// A video; `hls_url` plays as soon as it is not null.
#[utoipa::path(
    get, path = "/videos/{id}", tag = "videos", params(("id" = String, Path, description = "the video")),
    responses(
        (status = 200, description = "the video", body = Video),
        (status = 404, description = "it is not there, or not yours to see", body = Problem),
    )
)]
pub async fn show(
    State(app): State<App>,
    asking: MaybeUser,
    seen: Seen,
    PathId(id): PathId<VideoId>,
) -> ApiResult<ApiJson<Video>> {
    let video = watchable_by_others(&app, &asking, seen, id).await?;
    let warnings = match allows(asking.viewer, Access::Manage, video.guarded()) {
        true => videos::warnings(&app.db, &video).await?,
        false => Vec::new(),
    };
    let film = Film::current(&app, &video).await?;
    // Of captions that were given up, some may be there all the same.
    let made = match &film {
        Some(film) if videos::is_missing(&app.db, id, Beside::Captions).await? => {
            Some(segments::sidecar_names(&app.db, film.key).await?)
        }
        _ => None,
    };
    let view = Video::new(video, asking.viewer).with_warnings(warnings);
    Ok(ApiJson(match film {
        Some(film) => view
            .with_texts(&film.hash, &film.plan, |name| made.as_ref().is_none_or(|made| made.contains(name.as_str()))),
        None => view,
    }))
}
