//! Playlists, segments, posters and other sidecars: no time-out, no compression, one authorisation before every byte.

mod bytes;
mod cache;
mod films;
mod media;
mod playlists;
mod texts;
mod watched;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub use cache::MediaCache;
pub(super) use films::Film;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(playlists::multivariant))
        .routes(routes!(playlists::presentation))
        .routes(routes!(playlists::media))
        .routes(routes!(media::poster))
        .routes(routes!(texts::chapters))
        .routes(routes!(texts::captions))
        .routes(routes!(media::sidecar))
        .routes(routes!(media::init))
        .routes(routes!(media::segment))
}
