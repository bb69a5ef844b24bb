//! What is read beside a film: its captions, made first where they are not there yet, and its chapters.

use axum::{extract::State, response::Response};
use mutoscope_core::{db::remake::Lost, media::RenditionName, store::StorageKey};
use mutoscope_transcoder::{demand::Wanted, package};

use serde::Deserialize;

use super::{
    media, playlists,
    watched::{FileAnswers, MadeAnswers, Watched},
};
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    extract::ApiPath,
};

/// What stands after the plan in the path of captions.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    captions: String,
}

const VTT: &str = "text/vtt";

/// The chapters, WebVTT.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/chapters.vtt", tag = "media",
    params(("id" = String, Path, description = "the video"), ("plan" = String, Path, description = "as in chapters_url")),
    responses((status = 200, description = "the chapters", content_type = "text/vtt"), FileAnswers)
)]
pub async fn chapters(watched: Watched) -> ApiResult<Response> {
    let text = package::chapters(&watched.film.plan).ok_or_else(|| ApiError::not_found("this file"))?;
    Ok(watched.answer(playlists::text(VTT, text)))
}

/// A track of captions, WebVTT. Where it is not made yet the answer waits for it, at most 8 seconds.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/{captions}", tag = "media",
    params(
        ("id" = String, Path, description = "the video"),
        ("plan" = String, Path, description = "as in hls_url"),
        ("captions" = String, Path, description = "as in captions: captions-eng.vtt")
    ),
    responses(
        (status = 200, description = "the captions", content_type = "text/vtt"),
        FileAnswers,
        MadeAnswers,
    )
)]
pub async fn captions(
    State(app): State<App>,
    watched: Watched,
    ApiPath(Named { captions }): ApiPath<Named>,
) -> ApiResult<Response> {
    let film = &watched.film;
    let name = captions.strip_suffix(".vtt").and_then(|name| name.parse::<RenditionName>().ok());
    let caption = name.and_then(|name| film.plan.caption(&name)).ok_or_else(|| ApiError::not_found("this file"))?;
    let name = caption.name.as_str();
    let (video_id, plan_hash) = (watched.video.id, film.hash.clone());
    let key = StorageKey::Captions { video_id, plan_hash, rendition: name.to_owned() };
    let lost = Lost::Captions { rendition: name };
    Ok(watched.answer(media::made(&app, film, name, Wanted::Captions, &key, lost).await?))
}
