//! Keeps a lease alive while its job runs, and ends the job when the lease is lost or the role stops.

use std::time::Duration;

use mutoscope_core::{
    db::{
        Db, DbError,
        jobs::{self, Claim},
    },
    job::{HEARTBEAT, LEASE},
    time::UnixMs,
};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::error::JobError;

/// A deleted video's work must stop within 2 s, and a viewer's patience with a silent holder is short
/// ([`mutoscope_core::job::LEASE_BEFORE_VIEWERS`]).
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Why a job was ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Stopped,
    Lost,
}

impl From<End> for JobError {
    fn from(end: End) -> Self {
        match end {
            End::Stopped => Self::Stopped,
            End::Lost => Self::Lost,
        }
    }
}

/// Keeps one lease. Its token is cancelled when the job must end.
#[derive(Debug)]
pub(super) struct Keeper {
    cancel: CancellationToken,
    done: CancellationToken,
    task: JoinHandle<Option<End>>,
}

impl Keeper {
    pub(super) fn start(db: Db, claim: Claim, stop: CancellationToken) -> Self {
        let (cancel, done) = (CancellationToken::new(), CancellationToken::new());
        let task = tokio::spawn({
            let (cancel, done) = (cancel.clone(), done.clone());
            async move {
                let end = tokio::select! {
                    () = done.cancelled() => None,
                    () = stop.cancelled() => Some(End::Stopped),
                    () = until_lost(&db, &claim) => Some(End::Lost),
                };
                if end.is_some() {
                    cancel.cancel();
                }
                end
            }
        });
        Self { cancel, done, task }
    }

    /// Cancelled when the job must end.
    pub(super) fn token(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Ends the keeping; says whether, and why, it ended the job.
    pub(super) async fn finish(self) -> Option<End> {
        self.done.cancel();
        self.task.await.unwrap_or(Some(End::Lost))
    }
}

/// Less than this is left of a lease only where a viewer waits: it must be shown at once that its holder lives.
const LEFT_AT_LEAST: Duration = LEASE.saturating_sub(HEARTBEAT.saturating_mul(2));

/// Resolves when the lease is lost, or could not be renewed for so long that it must be taken for lost.
async fn until_lost(db: &Db, claim: &Claim) {
    let (mut renewed, mut proved) = (Instant::now(), Instant::now());
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let held = look(db, claim, &mut renewed).await;
        match held {
            Ok(()) => proved = Instant::now(),
            Err(DbError::LeaseLost) => return,
            Err(error) => {
                tracing::warn!(
                    job.id = %claim.id,
                    error = &error as &dyn std::error::Error,
                    "a lease could not be renewed"
                );
                if proved.elapsed() >= LEASE {
                    return;
                }
            }
        }
    }
}

/// One look at the lease, which is renewed where it is time, or where a viewer waits.
async fn look(db: &Db, claim: &Claim, renewed: &mut Instant) -> Result<(), DbError> {
    let mut is_due = renewed.elapsed() >= HEARTBEAT;
    if !is_due {
        let until = jobs::held_until(db, claim.id, claim.lease).await?.ok_or(DbError::LeaseLost)?;
        is_due = until < UnixMs::now().plus(LEFT_AT_LEAST);
    }
    if is_due {
        jobs::heartbeat(db, claim.id, claim.lease).await?;
        *renewed = Instant::now();
    }
    Ok(())
}
