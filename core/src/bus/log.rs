//! The embedded event bus: the outbox table itself, placed by one sequencer, read with a stored cursor per consumer.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    crash::{self, Point},
    db::{Db, DbError, leases, outbox},
};

pub use crate::db::outbox::Placed;

/// The right that the sequencer holds.
const SEQUENCER: &str = "outbox-sequencer";
const RIGHT_LENGTH: Duration = Duration::from_secs(10);
/// Events of other processes are found by looking; those of this process ring a bell.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const BATCH: i64 = 200;

/// Reads the log; cheap to clone.
#[derive(Debug, Clone)]
pub struct EventLog {
    db: Db,
    placed: watch::Receiver<u64>,
}

/// Gives events their places, one process at a time. Run it as a task.
#[derive(Debug)]
pub struct Sequencer {
    db: Db,
    owner: String,
    placed: watch::Sender<u64>,
}

/// The log of `db`, and the sequencer that this process offers for it under the name `owner`.
pub fn open(db: Db, owner: String) -> (EventLog, Sequencer) {
    let (sender, receiver) = watch::channel(0);
    (EventLog { db: db.clone(), placed: receiver }, Sequencer { db, owner, placed: sender })
}

impl Sequencer {
    /// Places events until `stop`; a database that is away is tried again.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let wait = match self.place().await {
                Ok(0) => LOOK_EVERY,
                Ok(count) => {
                    crash::reached(Point::EventSent);
                    self.placed.send_modify(|total| *total += count);
                    Duration::ZERO
                }
                Err(DbError::LeaseLost) => LOOK_EVERY,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "events wait for their places");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = self.db.announced() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        if let Err(error) = leases::release(&self.db, SEQUENCER, &self.owner).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the sequencer's right ends by itself");
        }
    }

    async fn place(&self) -> Result<u64, DbError> {
        // An idle platform writes nothing: the right is taken only when there is something to place.
        if !outbox::has_unplaced(&self.db).await? {
            return Ok(0);
        }
        match leases::hold(&self.db, SEQUENCER, &self.owner, RIGHT_LENGTH).await? {
            Some(lease) => outbox::place(&self.db, SEQUENCER, lease).await,
            None => Ok(0),
        }
    }
}

impl EventLog {
    /// The next events for `consumer`, in order; waits until there is at least one.
    ///
    /// The place is not moved: call [`EventLog::commit`] after the effect. An event may come again after a crash.
    pub async fn next(&mut self, consumer: &str) -> Result<Vec<Placed>, DbError> {
        let cursor = outbox::cursor(&self.db, consumer).await?;
        self.next_after(cursor).await
    }

    /// The next events after `position`, for consumers that keep their place with their effect.
    pub async fn next_after(&mut self, position: i64) -> Result<Vec<Placed>, DbError> {
        loop {
            self.placed.mark_unchanged();
            let events = outbox::after(&self.db, position, BATCH).await?;
            if !events.is_empty() {
                return Ok(events);
            }
            // The sender may be gone (its task has ended): then only looking is left.
            let rung = tokio::time::timeout(LOOK_EVERY, self.placed.changed()).await;
            if let Ok(Err(_)) = rung {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    /// The last place that was given.
    pub async fn end(&self) -> Result<i64, DbError> {
        outbox::end(&self.db).await
    }

    /// Remembers that everything up to `position` has taken effect for `consumer`.
    pub async fn commit(&self, consumer: &str, position: i64) -> Result<(), DbError> {
        outbox::commit_cursor(&self.db, consumer, position).await
    }
}
