//! Keeps a lease alive while its job runs, and ends the job when the lease is lost or the role stops.

use std::time::Duration;

use mutoscope_core::{
    db::{
        Db, DbError,
        jobs::{self, Claim},
    },
    job::{HEARTBEAT, LEASE},
};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::error::JobError;

/// A deleted video's work must stop within 2 s.
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

/// Resolves when the lease is lost, or could not be renewed for so long that it must be taken for lost.
async fn until_lost(db: &Db, claim: &Claim) {
    let (mut renewed, mut proved) = (Instant::now(), Instant::now());
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let held = if renewed.elapsed() >= HEARTBEAT {
            let beat = jobs::heartbeat(db, claim.id, claim.lease).await;
            if beat.is_ok() {
                renewed = Instant::now();
            }
            match beat {
                Err(DbError::LeaseLost) => Ok(false),
                other => other.map(|()| true),
            }
        } else {
            jobs::still_held(db, claim.id, claim.lease).await
        };
        match held {
            Ok(true) => proved = Instant::now(),
            Ok(false) => return,
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
