//! Search and suggestions.
//!
//! The index runs up to a second behind: every hit is read from the database again and held against the one
//! authorisation function before it is shown, and a suggestion is shown while a listed video has its text.

use std::collections::HashMap;

use axum::extract::State;
use mutoscope_core::{
    db::{search_documents, videos},
    id::VideoId,
    privacy::{Access, Viewer, allows},
    search::{self, SearchDocument, SearchError, SearchQuery},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, ApiResult, Code, Problem},
    extract::{ApiJson, ApiQuery, MaybeUser},
    reads::Seen,
    view::{SearchHit, SearchPage, Suggestion, Suggestions, Video},
};

const DEFAULT_LIMIT: usize = 24;
const SUGGESTIONS: usize = 8;

/// Lines that are asked of the index: some may be of videos that are hidden by now.
const SUGGESTIONS_READ: usize = 16;

/// Pages of the index that are read for one page of hits, where most of them turn out to be hidden by now.
const MOST_READS: usize = 4;

/// The routes, below `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(search)).routes(routes!(suggestions))
}

/// What to search for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Words; the last one may be unfinished. Cut after 256 characters.
    #[serde(default)]
    q: String,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many, 1 to 100; 24 where it is left out.
    limit: Option<usize>,
}

/// What somebody has typed so far.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// The beginning of a search.
    #[serde(default)]
    q: String,
}

/// Finds public videos by title, description, tags and channel.
#[utoipa::path(
    get, path = "/search", tag = "search", params(Asked),
    responses(
        (status = 200, description = "a page of hits, best first; none for an empty search", body = SearchPage),
        (status = 400, description = "the cursor is not of this search: invalid_cursor", body = Problem),
        (status = 422, description = "limit is not acceptable", body = Problem),
        (status = 503, description = "search can't answer now: search_unavailable", body = Problem),
    )
)]
async fn search(
    State(app): State<App>,
    asking: MaybeUser,
    seen: Seen,
    ApiQuery(asked): ApiQuery<Asked>,
) -> ApiResult<ApiJson<SearchPage>> {
    let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=search::MAX_LIMIT).contains(&limit) {
        return Err(ApiError::invalid("limit", "limit must be from 1 to 100"));
    }
    let mut query = SearchQuery { text: asked.q, limit, cursor: asked.cursor };
    let mut hits = Vec::new();
    for _ in 0..MOST_READS {
        let page = app.search.search(query.clone()).await.map_err(failed)?;
        query.cursor = page.next_cursor;
        shown(&app, asking.viewer, seen, page.hits, &mut hits).await?;
        // A page may be short, but not empty while there is more: clients take that for the end.
        if !hits.is_empty() || query.cursor.is_none() {
            break;
        }
    }
    Ok(ApiJson(SearchPage { hits, next_cursor: query.cursor }))
}

/// What someone who typed this may want to search for.
#[utoipa::path(
    get, path = "/search/suggestions", tag = "search", params(Typed),
    responses(
        (status = 200, description = "at most 8 lines, best first", body = Suggestions),
        (status = 503, description = "search can't answer now: search_unavailable", body = Problem),
    )
)]
async fn suggestions(
    State(app): State<App>,
    seen: Seen,
    ApiQuery(typed): ApiQuery<Typed>,
) -> ApiResult<ApiJson<Suggestions>> {
    let found = app.search.suggest(&typed.q, SUGGESTIONS_READ).await.map_err(failed)?;
    let mut ids: Vec<VideoId> = found.iter().flat_map(|suggested| suggested.video_ids.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let listed = app.may_lag(seen, |db| {
        let ids = ids.clone();
        async move { search_documents::find(&db, &ids).await }
    });
    let listed = listed.await?;
    let still = found.into_iter().filter(|suggested| {
        let mut documents = suggested.video_ids.iter().filter_map(|id| listed.get(id));
        documents.any(|document| has_text(document, &suggested.text))
    });
    let suggestions = still.take(SUGGESTIONS).map(|suggested| Suggestion { text: suggested.text });
    Ok(ApiJson(Suggestions { suggestions: suggestions.collect() }))
}

/// Whether this is the video's title or one of its tags.
fn has_text(document: &SearchDocument, text: &str) -> bool {
    let text = text.to_lowercase();
    let mut texts = std::iter::once(&document.title).chain(&document.tags);
    texts.any(|one| one.trim().to_lowercase() == text)
}

async fn shown(
    app: &App,
    viewer: Viewer,
    seen: Seen,
    found: Vec<search::Hit>,
    hits: &mut Vec<SearchHit>,
) -> ApiResult<()> {
    let ids: Vec<VideoId> = found.iter().map(|hit| hit.video_id).collect();
    let rows = app.may_lag(seen, |db| {
        let ids = ids.clone();
        async move { videos::find_many(&db, &ids).await }
    });
    let rows = rows.await?;
    let mut rows: HashMap<VideoId, videos::Video> = rows.into_iter().map(|video| (video.id, video)).collect();
    for hit in found {
        let listed = rows.remove(&hit.video_id).filter(|video| {
            video.published_at.is_some() && video.failure.is_none() && allows(viewer, Access::List, video.guarded())
        });
        if let Some(video) = listed {
            hits.push(SearchHit {
                video: Video::new(video, viewer),
                highlights: hit.highlights.into_iter().map(Into::into).collect(),
            });
        }
    }
    Ok(())
}

fn failed(error: SearchError) -> ApiError {
    let detail = error.to_string();
    let code = match &error {
        SearchError::Cursor => return ApiError::new(Code::InvalidCursor, detail).with_field("cursor"),
        SearchError::Moved { .. } | SearchError::Busy => Code::SearchBusy,
        SearchError::Damaged(_) | SearchError::Unavailable(_) => Code::SearchUnavailable,
        SearchError::Internal(_) => return ApiError::internal(error),
    };
    ApiError::new(code, Code::SearchUnavailable.title())
        .with_cause(error)
        .with_retry_after(std::time::Duration::from_secs(1))
}
