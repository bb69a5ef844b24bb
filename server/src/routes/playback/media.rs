//! Segments, posters and other sidecars: whole, held against their SHA-256, and made first where they are not there yet.

use axum::{extract::State, response::Response};
use bytes::Bytes;
use mutoscope_core::{
    db::{
        remake::{self, Lost},
        segments::Made,
    },
    media::SidecarName,
    store::{StorageKey, StoreError},
};
use mutoscope_transcoder::demand::{LONGEST_WAIT, Waited, Wanted};
use serde::Deserialize;

use super::{
    bytes::Body,
    films::Film,
    playlists::OfRendition,
    watched::{FileAnswers, MadeAnswers, Watched},
};
use crate::{
    app::App,
    error::{ApiError, ApiResult, Code},
    extract::ApiPath,
};

/// When a client that waited in vain may ask again.
const ASK_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);
/// A storage that takes longer is told of as away.
const LONGEST_READ: std::time::Duration = std::time::Duration::from_secs(12);

/// What stands after the plan in the path of a segment.
#[derive(Debug, Deserialize)]
pub(super) struct InRendition {
    rendition: String,
    file: String,
}

/// The init segment of a rendition.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/{rendition}/init.mp4", tag = "media",
    params(
        ("id" = String, Path, description = "the video"),
        ("plan" = String, Path, description = "as in hls_url"),
        ("rendition" = String, Path, description = "as in the multivariant playlist")
    ),
    responses(
        (status = 200, description = "the segment", content_type = "video/mp4"),
        FileAnswers,
        MadeAnswers,
    )
)]
pub async fn init(
    State(app): State<App>,
    watched: Watched,
    ApiPath(OfRendition { rendition }): ApiPath<OfRendition>,
) -> ApiResult<Response> {
    let film = &watched.film;
    let rendition = film.rendition(&rendition)?.to_string();
    let (video_id, plan_hash) = (watched.video.id, film.hash.clone());
    let key = StorageKey::Init { video_id, plan_hash, rendition: rendition.clone() };
    let lost = Lost::Init { rendition: &rendition };
    Ok(watched.answer(made(&app, film, &rendition, Wanted::Init, &key, lost).await?))
}

/// A media segment. One that is not made yet is made first; the answer waits for it, at most 8 seconds.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/{rendition}/{file}", tag = "media",
    params(
        ("id" = String, Path, description = "the video"),
        ("plan" = String, Path, description = "as in hls_url"),
        ("rendition" = String, Path, description = "as in the multivariant playlist"),
        ("file" = String, Path, description = "as in the media playlist")
    ),
    responses(
        (status = 200, description = "the segment", content_type = "video/iso.segment"),
        FileAnswers,
        MadeAnswers,
    )
)]
pub async fn segment(
    State(app): State<App>,
    watched: Watched,
    ApiPath(InRendition { rendition, file }): ApiPath<InRendition>,
) -> ApiResult<Response> {
    let film = &watched.film;
    let name = film.rendition(&rendition)?;
    let number = film.segment(&name, &file)?;
    let (video_id, plan_hash) = (watched.video.id, film.hash.clone());
    let key = StorageKey::Segment { video_id, plan_hash, rendition: name.to_string(), number };
    let lost = Lost::Segment { rendition: &rendition, number };
    Ok(watched.answer(made(&app, film, &rendition, Wanted::Segment(number), &key, lost).await?))
}

/// The poster. One whose object was lost is made again first, and waited for like a segment.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/poster.jpg", tag = "media",
    params(("id" = String, Path, description = "the video"), ("plan" = String, Path, description = "as in poster_url")),
    responses(
        (status = 200, description = "the picture", content_type = "image/jpeg"),
        FileAnswers,
        MadeAnswers,
    )
)]
pub async fn poster(State(app): State<App>, watched: Watched) -> ApiResult<Response> {
    let film = &watched.film;
    let key = StorageKey::Poster { video_id: watched.video.id, plan_hash: film.hash.clone() };
    Ok(watched.answer(made(&app, film, "", Wanted::Poster, &key, Lost::Poster).await?))
}

/// What stands after the plan in the path of a sidecar.
#[derive(Debug, Deserialize)]
pub(super) struct OfPlan {
    file: String,
}

/// A sidecar: the storyboard (`storyboard.vtt`, WebVTT whose cues name parts of the sheets beside it), its sheets, scene
/// cuts (`scenes.json`), the poster that the owner chose. One whose object was lost is made again first.
#[utoipa::path(
    get, path = "/videos/{id}/media/{plan}/sidecars/{file}", tag = "media",
    params(
        ("id" = String, Path, description = "the video"),
        ("plan" = String, Path, description = "as in storyboard_url"),
        ("file" = String, Path, description = "as in storyboard_url, in the storyboard, or scenes.json")
    ),
    responses(
        (status = 200, description = "the file"),
        FileAnswers,
        MadeAnswers,
    )
)]
pub async fn sidecar(
    State(app): State<App>,
    watched: Watched,
    ApiPath(OfPlan { file }): ApiPath<OfPlan>,
) -> ApiResult<Response> {
    let film = &watched.film;
    let name: SidecarName = file.parse().map_err(|_| ApiError::not_found("this file"))?;
    let key = StorageKey::Sidecar { video_id: watched.video.id, plan_hash: film.hash.clone(), name };
    Ok(watched.answer(made(&app, film, "", Wanted::Sidecar(name), &key, Lost::Sidecar { name }).await?))
}

/// Waits for what is wanted, and reads it.
async fn made(
    app: &App,
    film: &Film,
    rendition: &str,
    wanted: Wanted,
    key: &StorageKey,
    lost: Lost<'_>,
) -> ApiResult<Body> {
    let made = made_or_gone(app, film, rendition, wanted, key, lost).await?;
    made.ok_or_else(|| ApiError::not_found("this file"))
}

/// The same; `None` where nobody is going to make it.
pub(super) async fn made_or_gone(
    app: &App,
    film: &Film,
    rendition: &str,
    wanted: Wanted,
    key: &StorageKey,
    lost: Lost<'_>,
) -> ApiResult<Option<Body>> {
    let began = tokio::time::Instant::now();
    let until = began + LONGEST_WAIT;
    let waited = |outcome: &'static str| {
        if matches!(wanted, Wanted::Init | Wanted::Segment(_)) {
            metrics::histogram!("mutoscope_segment_wait_seconds", "outcome" => outcome).record(began.elapsed());
        }
    };
    // What turns out to be altered is asked for again, and waited for once more in what is left of the time.
    loop {
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        let made = match app.demand.wait_for(film.key, rendition, wanted, left).await? {
            Waited::Ready(made) => made,
            Waited::NotYet => {
                waited("not_yet");
                return Err(not_yet());
            }
            Waited::Gone => {
                waited("gone");
                return Ok(None);
            }
        };
        match read(app, film, key, made, lost).await? {
            Some(body) => {
                waited("made");
                return Ok(Some(body));
            }
            None if left.is_zero() => return Err(not_yet()),
            None => {}
        }
    }
}

/// The object, where it is still what it was when it was checked; what is not is forgotten and never served.
async fn read(app: &App, film: &Film, key: &StorageKey, made: Made, lost: Lost<'_>) -> ApiResult<Option<Body>> {
    let body = |bytes: Bytes, sha256: String| Body { bytes, sha256, media_type: key.media_type() };
    if let Some(bytes) = app.media.segments.get(&made.sha256).await {
        return Ok(Some(body(bytes, made.sha256)));
    }
    let reading = tokio::time::timeout(LONGEST_READ, app.store.get_checked(key, &made.sha256));
    match reading.await.map_err(|_| too_slow())? {
        Ok(bytes) => {
            app.media.segments.insert(made.sha256.clone(), bytes.clone()).await;
            Ok(Some(body(bytes, made.sha256)))
        }
        Err(error @ (StoreError::NotFound | StoreError::Altered)) => {
            tracing::error!(
                plan.id = %film.key.id,
                what = ?lost,
                error = &error as &dyn std::error::Error,
                "a stored object is not what it was; it is made again"
            );
            remake::forget(&app.db, film.key, lost, &made.sha256).await?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn too_slow() -> ApiError {
    ApiError::new(Code::TimedOut, "the storage does not answer in time; try again").with_retry_after(ASK_AGAIN)
}

fn not_yet() -> ApiError {
    ApiError::new(Code::NotMadeYet, Code::NotMadeYet.title()).with_retry_after(ASK_AGAIN)
}
