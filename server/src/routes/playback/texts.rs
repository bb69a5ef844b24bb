//! What is read beside a film: its captions, made first where they are not there yet, and its chapters.

use axum::{extract::State, response::Response};
use mutoscope_core::{
    db::{remake::Lost, videos},
    media::RenditionName,
    store::StorageKey,
    video::Beside,
};
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

/// A track of captions, WebVTT. Where it is not made yet the answer waits for it, at most 8 seconds. One that could not be
/// made has no cue; its owner is told, and may have it tried again.
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
    let made = media::made_or_gone(&app, film, name, Wanted::Captions, &key, lost).await?;
    if let Some(made) = made {
        return Ok(watched.answer(made));
    }
    // Playlists name them and are kept for ever: they are the plan's, and a retry may make the captions after all. Players
    // ask again and again for a file that is not there, and some show a fault; a track without a cue is none to any.
    match videos::is_missing(&app.db, watched.video.id, Beside::Captions).await? {
        true => Ok(watched.answer_for_now(playlists::text(VTT, package::no_captions()))),
        false => Err(ApiError::not_found("this file")),
    }
}
