//! Playlists, segments and posters: no time-out, no compression, one authorisation before every byte.

mod bytes;
mod cache;
mod films;
mod media;
mod playlists;

use mutoscope_core::{db::videos::Video, id::VideoId};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::videos::watchable;
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    extract::MaybeUser,
};

pub use cache::MediaCache;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(playlists::multivariant))
        .routes(routes!(playlists::presentation))
        .routes(routes!(playlists::media))
        .routes(routes!(media::poster))
        .routes(routes!(media::init))
        .routes(routes!(media::segment))
}

/// The video of an address, where whoever asks may watch it.
async fn video(app: &App, asking: &MaybeUser, id: &str) -> ApiResult<Video> {
    let id: VideoId = id.parse().map_err(|_| ApiError::not_found("this video"))?;
    watchable(app, asking, id).await
}
