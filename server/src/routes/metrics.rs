//! Measures for Prometheus, for loopback and the allowed. `docs/metrics.md` lists them all.

use std::sync::OnceLock;

use axum::{
    extract::State,
    http::{Extensions, HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use mutoscope_core::{
    db::{figures, outbox, relay},
    job::JobKind,
    time::UnixMs,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    error::{ApiError, ApiResult, Code},
    middleware::peer::Peer,
};

const BUCKETS_S: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0, 15.0, 60.0];

/// An upload waits for its first picture for a second, or for hours behind others.
const LONG_BUCKETS_S: &[f64] = &[0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 14_400.0];

/// In seconds of film a second.
const SPEED_BUCKETS: &[f64] = &[0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 32.0, 64.0];

const FORWARDED: [HeaderName; 2] = [HeaderName::from_static("x-forwarded-for"), header::FORWARDED];

/// The recorder is the process's, not the app's: two apps in one process share it.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// The routes, below `/`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Begins to record, where nobody else does.
pub fn install() {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS_S)
            .and_then(|builder| {
                builder.set_buckets_for_metric(full("mutoscope_time_to_playable_seconds"), LONG_BUCKETS_S)
            })
            .and_then(|builder| builder.set_buckets_for_metric(full("mutoscope_encode_speed_ratio"), SPEED_BUCKETS))
            .inspect_err(|error| tracing::warn!(error = error as &dyn std::error::Error, "no measures"))
            .ok()?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok().map(|()| handle)
    });
}

fn full(name: &str) -> Matcher {
    Matcher::Full(name.to_owned())
}

/// Folds what was recorded into its histograms; without it samples pile up while nobody asks.
pub fn fold() {
    if let Some(Some(handle)) = RECORDER.get() {
        handle.run_upkeep();
    }
}

/// Measures in Prometheus' text form.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    responses(
        (status = 200, description = "the measures", content_type = "text/plain"),
        (status = 404, description = "not for this address: see metrics_allow"),
    )
)]
async fn show(State(app): State<App>, headers: HeaderMap, extensions: Extensions) -> ApiResult<Response> {
    if !is_allowed(&app, &headers, &extensions) {
        return Err(ApiError::new(Code::NotFound, "there is nothing at this address"));
    }
    look(&app).await?;
    let text = match RECORDER.get() {
        Some(Some(handle)) => {
            handle.run_upkeep();
            handle.render()
        }
        _ => String::new(),
    };
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Loopback is this machine only where no proxy speaks for someone else: one that is not trusted may stand before us.
fn is_allowed(app: &App, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let peer = Peer::of(extensions);
    let listed = app.config.network.metrics_allow.iter().any(|range| range.contains(peer.address));
    let spoken_for = !peer.proxied && FORWARDED.iter().any(|name| headers.contains_key(name));
    listed || (peer.address.is_loopback() && !spoken_for)
}

/// Sets what is not counted as it happens.
async fn look(app: &App) -> ApiResult<()> {
    let now = UnixMs::now();
    let figures = figures::count(&app.db, now).await?;
    for kind in [JobKind::Plan, JobKind::Span, JobKind::Poster, JobKind::Captions, JobKind::Sidecars] {
        let open = figures.jobs.iter().find(|open| open.kind == kind);
        let (running, waiting, pausing) = open.map_or((0, 0, 0), |open| (open.running, open.waiting, open.pausing));
        let age = open.map_or(0.0, |open| now.since(open.oldest).as_secs_f64());
        let kind = match kind {
            JobKind::Plan => "plan",
            JobKind::Span => "span",
            JobKind::Poster => "poster",
            JobKind::Captions => "captions",
            JobKind::Sidecars => "sidecars",
        };
        gauge!("mutoscope_jobs", "kind" => kind, "state" => "running").set(running as f64);
        gauge!("mutoscope_jobs", "kind" => kind, "state" => "waiting").set(waiting as f64);
        gauge!("mutoscope_jobs", "kind" => kind, "state" => "pausing").set(pausing as f64);
        gauge!("mutoscope_oldest_job_age_seconds", "kind" => kind).set(age);
    }
    let queue: i64 = figures.jobs.iter().map(|open| open.waiting).sum();
    gauge!("mutoscope_queue_length").set(queue as f64);
    gauge!("mutoscope_unplaced_events").set(figures.unplaced_events as f64);
    gauge!("mutoscope_log_end").set(figures.log_end as f64);
    gauge!("mutoscope_open_uploads").set(figures.open_uploads as f64);
    gauge!("mutoscope_failed_videos").set(figures.failed_videos as f64);
    gauge!("mutoscope_garbage_prefixes").set(figures.garbage as f64);
    if let Some(replica) = &app.replica {
        let behind = replica.behind().map_or(-1.0, |behind| behind.as_secs_f64());
        gauge!("mutoscope_replica_behind_seconds").set(behind);
    }
    gauge!("mutoscope_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    if app.config.kafka.is_some() {
        let relayed = outbox::cursor(&app.db, relay::CURSOR).await?;
        gauge!("mutoscope_relay_lag_events").set(figures.log_end.saturating_sub(relayed).max(0) as f64);
    }
    match app.bus.lags().await {
        Ok(lags) => {
            for (consumer, lag) in lags {
                gauge!("mutoscope_consumer_lag_events", "consumer" => consumer).set(lag as f64);
            }
        }
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "how far consumers are is not known"),
    }
    // An index that can't say is not measured; /readyz tells of it. Who neither searches nor feeds it has none.
    let roles = app.config.roles;
    if (roles.api || roles.index)
        && let Ok(health) = app.search.health().await
    {
        gauge!("mutoscope_search_documents").set(health.documents as f64);
        gauge!("mutoscope_search_lag_events").set(figures.log_end.saturating_sub(health.position).max(0) as f64);
    }
    if let Some(bytes) = resident_bytes() {
        gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    Ok(())
}

/// From Linux' `/proc/self/statm`, in pages (proc(5)); `None` elsewhere.
fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}
