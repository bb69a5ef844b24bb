//! Playlists, written from the plan alone: complete as soon as the plan stands, and never changed after.

use axum::{
    extract::State,
    http::{HeaderMap, Method},
    response::Response,
};
use bytes::Bytes;
use mutoscope_transcoder::package::{dash, hls};
use sha2::{Digest, Sha256};

use super::{
    bytes::{Asked, Body, respond},
    films::Film,
    video,
};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Problem},
    extract::{ApiPath, MaybeUser},
};

const HLS: &str = "application/vnd.apple.mpegurl";
const DASH: &str = "application/dash+xml";

/// The multivariant playlist (RFC 8216).
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/index.m3u8", tag = "media",
    params(("id" = String, Path, description = "the video"), ("plan" = String, Path, description = "as in hls_url")),
    responses(
        (status = 200, description = "the playlist", content_type = "application/vnd.apple.mpegurl"),
        (status = 304, description = "it has not changed"),
        (status = 404, description = "it is not there, or not yours to see", body = Problem),
    )
)]
pub async fn multivariant(
    State(app): State<App>,
    asking: MaybeUser,
    ApiPath((id, plan)): ApiPath<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let video = video(&app, &asking, &id).await?;
    let film = Film::find(&app, &video, &plan).await?;
    Ok(respond(Asked::new(&method, &headers), text(HLS, hls::multivariant(&film.plan)), video.privacy))
}

/// The same film for DASH players (ISO/IEC 23009-1).
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/index.mpd", tag = "media",
    params(("id" = String, Path, description = "the video"), ("plan" = String, Path, description = "as in hls_url")),
    responses(
        (status = 200, description = "the presentation", content_type = "application/dash+xml"),
        (status = 304, description = "it has not changed"),
        (status = 404, description = "it is not there, or not yours to see", body = Problem),
    )
)]
pub async fn presentation(
    State(app): State<App>,
    asking: MaybeUser,
    ApiPath((id, plan)): ApiPath<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let video = video(&app, &asking, &id).await?;
    let film = Film::find(&app, &video, &plan).await?;
    Ok(respond(Asked::new(&method, &headers), text(DASH, dash::presentation(&film.plan)), video.privacy))
}

/// A rendition's media playlist. Every planned segment is listed; one that is not made yet is made when it is asked for.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/{rendition}/index.m3u8", tag = "media",
    params(
        ("id" = String, Path, description = "the video"),
        ("plan" = String, Path, description = "as in hls_url"),
        ("rendition" = String, Path, description = "as in the multivariant playlist")
    ),
    responses(
        (status = 200, description = "the playlist", content_type = "application/vnd.apple.mpegurl"),
        (status = 304, description = "it has not changed"),
        (status = 404, description = "it is not there, or not yours to see", body = Problem),
    )
)]
pub async fn media(
    State(app): State<App>,
    asking: MaybeUser,
    ApiPath((id, plan, rendition)): ApiPath<(String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let video = video(&app, &asking, &id).await?;
    let film = Film::find(&app, &video, &plan).await?;
    let rendition = film.rendition(&rendition)?;
    let playlist = hls::media(&film.plan, &rendition).ok_or_else(|| ApiError::not_found("this file"))?;
    Ok(respond(Asked::new(&method, &headers), text(HLS, playlist), video.privacy))
}

fn text(media_type: &'static str, text: String) -> Body {
    let sha256 = hex::encode(Sha256::digest(&text));
    Body { bytes: Bytes::from(text), sha256, media_type }
}
