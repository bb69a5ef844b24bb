//! Whether the process is alive, and whether it can serve.

use std::time::Duration;

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use mutoscope_core::store::StorageKey;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, extract::ApiJson, search_index::SearchIndex};

/// A part that takes longer to answer is not there.
const LONGEST_ANSWER: Duration = Duration::from_secs(3);

/// The routes, below `/`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// Which parts can serve.
#[derive(Debug, Serialize, ToSchema)]
struct Readiness {
    /// Whether all of them can.
    ready: bool,
    /// Each part.
    parts: Vec<Part>,
}

/// A part of the platform.
#[derive(Debug, Serialize, ToSchema)]
struct Part {
    /// `database`, `storage`, `search` or, where Kafka carries events, `events`.
    name: &'static str,
    /// Whether it answers as it should.
    ready: bool,
    /// Whether nothing can be served without it. Events wait for Kafka, searches for a service; all else goes on.
    needed: bool,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "it is alive")))]
async fn alive() -> &'static str {
    "ok\n"
}

/// The process can serve; says which part is not there.
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses(
        (status = 200, description = "all parts are there", body = Readiness),
        (status = 503, description = "a part is not there", body = Readiness),
    )
)]
async fn ready(State(app): State<App>) -> impl IntoResponse {
    // Who neither searches nor feeds the index has none.
    let roles = app.config.roles;
    let search = async { if roles.api || roles.index { Some(look_into_search(&app).await) } else { None } };
    let (database, storage, search, events) = tokio::join!(
        answers("database", app.db.ping()),
        answers("storage", look_into_storage(&app)),
        search,
        look_into_events(&app),
    );
    let mut parts: Vec<Part> = [Some(database), Some(storage), search].into_iter().flatten().collect();
    parts.extend(events);
    let ready = parts.iter().all(|part| part.ready || !part.needed) && !app.stop.is_cancelled();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, ApiJson(Readiness { ready, parts }))
}

async fn answers<T, E>(name: &'static str, question: impl Future<Output = Result<T, E>>) -> Part
where
    E: std::error::Error + 'static,
{
    let ready = match tokio::time::timeout(LONGEST_ANSWER, question).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            tracing::warn!(part = name, error = &error as &dyn std::error::Error, "a part is not ready");
            false
        }
        Err(_) => {
            tracing::warn!(part = name, "a part does not answer in time");
            false
        }
    };
    Part { name, ready, needed: true }
}

/// A service is away for all processes alike: none of them serves better than another. An index of this process's own that
/// is still being made is there soon.
async fn look_into_search(app: &App) -> Part {
    let needed = matches!(app.search_index, SearchIndex::Embedded(_));
    Part { needed, ..answers("search", app.search.health()).await }
}

/// Without Kafka, events are a part of the database.
async fn look_into_events(app: &App) -> Option<Part> {
    app.config.kafka.as_ref()?;
    Some(Part { needed: false, ..answers("events", app.bus.health()).await })
}

/// Asks for an object that is never there: a storage that says so is one that works.
async fn look_into_storage(app: &App) -> Result<(), mutoscope_core::store::StoreError> {
    let key = StorageKey::Poster {
        video_id: mutoscope_core::id::VideoId::from_uuid(uuid::Uuid::nil()),
        plan_hash: "0".to_owned(),
    };
    match app.store.head(&key).await {
        Ok(_) | Err(mutoscope_core::store::StoreError::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}
