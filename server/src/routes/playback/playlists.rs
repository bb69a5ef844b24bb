//! Playlists, written from the plan alone: complete as soon as the plan stands, and never changed after.

use axum::response::Response;
use bytes::Bytes;
use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::package::{dash, hls};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    bytes::Body,
    watched::{FileAnswers, Watched},
};
use crate::{
    error::{ApiError, ApiResult},
    extract::ApiPath,
};

/// What stands after the plan in the path.
#[derive(Debug, Deserialize)]
pub(super) struct OfRendition {
    pub rendition: String,
}

const HLS: &str = "application/vnd.apple.mpegurl";
const DASH: &str = "application/dash+xml";

/// The multivariant playlist (RFC 8216).
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/index.m3u8", tag = "media",
    params(("id" = String, Path, description = "the video"), ("plan" = String, Path, description = "as in hls_url")),
    responses(
        (status = 200, description = "the playlist", content_type = "application/vnd.apple.mpegurl"),
        FileAnswers,
    )
)]
pub async fn multivariant(watched: Watched) -> Response {
    watched.answer(text(HLS, hls::multivariant(&watched.film.plan)))
}

/// The same film for DASH players (ISO/IEC 23009-1).
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/index.mpd", tag = "media",
    params(("id" = String, Path, description = "the video"), ("plan" = String, Path, description = "as in hls_url")),
    responses(
        (status = 200, description = "the presentation", content_type = "application/dash+xml"),
        FileAnswers,
    )
)]
pub async fn presentation(watched: Watched) -> Response {
    watched.answer(text(DASH, dash::presentation(&watched.film.plan)))
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
        FileAnswers,
    )
)]
pub async fn media(watched: Watched, ApiPath(OfRendition { rendition }): ApiPath<OfRendition>) -> ApiResult<Response> {
    let there_is_none = || ApiError::not_found("this file");
    let name: RenditionName = rendition.parse().map_err(|_| there_is_none())?;
    let plan = &watched.film.plan;
    let playlist = hls::media(plan, &name).or_else(|| hls::captions(plan, &name)).ok_or_else(there_is_none)?;
    Ok(watched.answer(text(HLS, playlist)))
}

pub(super) fn text(media_type: &'static str, text: String) -> Body {
    let sha256 = hex::encode(Sha256::digest(&text));
    Body { bytes: Bytes::from(text), sha256, media_type }
}
