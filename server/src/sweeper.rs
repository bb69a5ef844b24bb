//! Deletes what nothing names any more: abandoned uploads, garbage, ended sessions. One process at a time.

use std::time::{Duration, Instant};

use mutoscope_core::{
    db::{
        DbError,
        garbage::{self, Garbage, Sweep},
        leases,
        retention::{self, Horizon},
        uploads,
    },
    store::StoreError,
    time::UnixMs,
};
use tokio_util::sync::CancellationToken;

use crate::{app::App, routes::metrics};

/// How often a process looks, where nothing else was told.
pub const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The right that one process holds.
const RIGHT: &str = "sweeper";

/// The right of one who needs all objects to stay (a backup): while somebody holds it nothing is swept.
pub const STANDS_STILL: &str = "backup";

/// How often leftovers and old rows are looked for: that is a walk through all of them.
const CLEAN_EVERY: Duration = Duration::from_secs(3600);

/// Another process may begin beside a sweep that takes longer: what both delete is gone all the same.
const RIGHT_LENGTH: Duration = Duration::from_secs(120);

/// How long after a sweep a prefix is swept again, while late objects may come.
const SWEEP_AGAIN_AFTER: Duration = Duration::from_secs(20 * 60);

const BATCH: i64 = 100;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Files that no writer can still be writing: a part may take an hour.
const LEFTOVERS_AFTER: Duration = Duration::from_secs(2 * 3600);

/// What a sweep took away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that were abandoned.
    pub uploads: u64,
    /// Objects in the storage.
    pub objects: u64,
}

/// A sweep that could not go on. What it took away is gone; the rest comes up again.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The database.
    #[error("the sweep can't reach the database")]
    Database(#[from] DbError),
    /// The storage.
    #[error("the sweep can't reach the storage")]
    Storage(#[from] StoreError),
}

/// Looks every `pause` until `stop`, and sweeps while this process holds the right. Where nothing is due nothing is
/// written: an idle platform is idle.
pub async fn run(app: App, pause: Duration, stop: CancellationToken) {
    let owner = app.config.lease_owner("sweeper");
    let mut cleaned_at: Option<Instant> = None;
    loop {
        metrics::fold();
        let cleans = cleaned_at.is_none_or(|at| at.elapsed() >= CLEAN_EVERY);
        if cleans {
            cleaned_at = Some(Instant::now());
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = turn(&app, &owner, cleans) => {}
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    if let Err(error) = leases::release(&app.db, RIGHT, &owner).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "the sweeper's right ends by itself");
    }
}

async fn turn(app: &App, owner: &str, cleans: bool) {
    match try_turn(app, owner, cleans).await {
        Ok(swept) if swept == Swept::default() => {}
        Ok(swept) => tracing::info!(uploads = swept.uploads, objects = swept.objects, "swept"),
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the sweep waits"),
    }
}

async fn try_turn(app: &App, owner: &str, cleans: bool) -> Result<Swept, SweepError> {
    let now = UnixMs::now();
    if !cleans && !garbage::is_due(&app.db, now).await? {
        return Ok(Swept::default());
    }
    if leases::is_held(&app.db, STANDS_STILL).await? {
        return Ok(Swept::default());
    }
    if leases::hold(&app.db, RIGHT, owner, RIGHT_LENGTH).await?.is_none() {
        return Ok(Swept::default());
    }
    if cleans {
        clean(app, now).await?;
    }
    sweep(app, now).await
}

/// One sweep, as of `now`. Interrupted at any point, the next one goes on.
///
/// # Errors
/// What database or storage say; the rows of what was not swept stay.
pub async fn sweep(app: &App, now: UnixMs) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    loop {
        let expired = uploads::expire(&app.db, now, BATCH).await?;
        swept.uploads += expired;
        if expired < BATCH.unsigned_abs() {
            break;
        }
    }
    loop {
        let due = garbage::due(&app.db, now, BATCH).await?;
        if due.is_empty() {
            break;
        }
        for garbage in &due {
            swept.objects += sweep_prefix(app, garbage).await?;
            garbage::swept(&app.db, garbage, now, SWEEP_AGAIN_AFTER).await?;
        }
    }
    ::metrics::counter!("mutoscope_swept_objects_total").increment(swept.objects);
    Ok(swept)
}

/// Removes what killed writers left behind, and rows that have served their time.
///
/// # Errors
/// As [`sweep`].
pub async fn clean(app: &App, now: UnixMs) -> Result<(), SweepError> {
    let left = app.store.remove_leftovers(LEFTOVERS_AFTER).await?;
    let horizon = Horizon {
        now,
        spent_tokens: now.minus(app.config.accounts.session_lifetime),
        events: now.minus(7 * DAY),
        jobs: now.minus(7 * DAY),
        // Twice as long as an event may come again.
        inbox: now.minus(2 * app.config.kafka.as_ref().map_or(7 * DAY, |kafka| kafka.topics.retention)),
    };
    let forgotten = retention::forget(&app.db, horizon).await?;
    tracing::debug!(left, ?forgotten, "cleaned");
    Ok(())
}

async fn sweep_prefix(app: &App, garbage: &Garbage) -> Result<u64, SweepError> {
    Ok(match garbage::judge(&app.db, garbage).await? {
        Sweep::All => app.store.delete_prefix(&garbage.prefix).await?,
        Sweep::AllBut(kept) => app.store.delete_others(&garbage.prefix, &kept).await?,
        Sweep::Nothing => 0,
    })
}
