//! The embedded event bus: the outbox table itself, placed by one sequencer, read with a stored cursor per consumer.

use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{BusError, Delivery, EventBus, Follower, Member, Source};
use crate::{
    crash::{self, Point},
    db::{Db, DbError, dead_letters, leases, outbox, relay},
    event::{self, DeadLetter, Reason},
};

pub use crate::db::outbox::Placed;

/// The right that the sequencer holds.
const SEQUENCER: &str = "outbox-sequencer";
const RIGHT_LENGTH: Duration = Duration::from_secs(10);
/// Events of other processes are found by looking; those of this process ring a bell.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(500);
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

/// One who reads a share of the log: a cursor that all under the same name move.
#[derive(Debug)]
struct Share {
    log: EventLog,
    consumer: String,
    topics: Vec<&'static str>,
    given: Vec<Delivery>,
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
    /// The last place that was given.
    pub async fn end(&self) -> Result<i64, DbError> {
        outbox::end(&self.db).await
    }

    /// The database under it.
    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// Rings when this process gives places.
    pub(super) fn bell(&self) -> watch::Receiver<u64> {
        self.placed.clone()
    }

    /// Forgets that a relay ever read here, so that nothing is kept for it: for a platform without Kafka.
    pub async fn retire_relay(&self) -> Result<(), DbError> {
        relay::retire(&self.db).await
    }

    /// The rows after `position`; waits until there is one.
    async fn rows_after(&mut self, position: i64) -> Result<Vec<outbox::Row>, DbError> {
        loop {
            self.placed.mark_unchanged();
            let rows = outbox::rows_after(&self.db, position, BATCH).await?;
            if !rows.is_empty() {
                return Ok(rows);
            }
            wait_for(&mut self.placed).await;
        }
    }
}

/// Until the sequencer of this process rings, or it is time to look.
pub(super) async fn wait_for(placed: &mut watch::Receiver<u64>) {
    // The sender may be gone (its task has ended): then only looking is left.
    let rung = tokio::time::timeout(LOOK_EVERY, placed.changed()).await;
    if let Ok(Err(_)) = rung {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[async_trait]
impl EventBus for EventLog {
    fn follow(&self) -> Result<Box<dyn Follower>, BusError> {
        Ok(Box::new(self.clone()))
    }

    fn join(&self, consumer: &str, topics: &[&'static str]) -> Result<Box<dyn Member>, BusError> {
        let (consumer, topics) = (consumer.to_owned(), topics.to_vec());
        Ok(Box::new(Share { log: self.clone(), consumer, topics, given: Vec::new() }))
    }

    async fn health(&self) -> Result<(), BusError> {
        Ok(self.db.ping().await?)
    }

    async fn lags(&self) -> Result<Vec<(String, i64)>, BusError> {
        let end = self.end().await?;
        let cursors = outbox::cursors(&self.db).await?;
        Ok(cursors.into_iter().map(|(consumer, position)| (consumer, (end - position).max(0))).collect())
    }

    async fn dead_letters(&self) -> Result<Vec<DeadLetter>, BusError> {
        Ok(dead_letters::list(&self.db).await?)
    }

    async fn replay(&self, letter: &DeadLetter) -> Result<(), BusError> {
        let event = event::read(&letter.body.bytes().ok_or(BusError::NoLetter)?)?;
        if dead_letters::replay(&self.db, letter.id, &event).await? { Ok(()) } else { Err(BusError::NoLetter) }
    }
}

#[async_trait]
impl Follower for EventLog {
    async fn next_after(&mut self, position: i64) -> Result<Vec<Placed>, BusError> {
        let rows = self.rows_after(position).await?;
        match rows.first() {
            // Positions have no gaps: what is missing is kept no longer.
            Some(first) if first.position != position + 1 => Err(BusError::Forgotten { after: position }),
            _ => Ok(rows.into_iter().map(Placed::from).collect()),
        }
    }
}

#[async_trait]
impl Member for Share {
    async fn next(&mut self) -> Result<Vec<Delivery>, BusError> {
        while self.given.is_empty() {
            let cursor = outbox::cursor(&self.log.db, &self.consumer).await?;
            let mut rows = self.log.rows_after(cursor).await?;
            let end = rows.last().map_or(cursor, |last| last.position);
            rows.retain(|row| self.topics.contains(&row.topic.as_str()));
            if rows.is_empty() {
                outbox::commit_cursor(&self.log.db, &self.consumer, end).await?;
            }
            self.given = rows.into_iter().map(Delivery::from).collect();
        }
        Ok(self.given.clone())
    }

    async fn commit(&mut self) -> Result<(), BusError> {
        if let Some(last) = self.given.last() {
            outbox::commit_cursor(&self.log.db, &self.consumer, last.source.offset).await?;
        }
        self.given.clear();
        Ok(())
    }

    async fn bury(&mut self, delivery: &Delivery, reason: Reason, message: &str) -> Result<(), BusError> {
        Ok(dead_letters::bury(&self.log.db, &delivery.give_up(&self.consumer, reason, message)).await?)
    }
}

impl From<outbox::Row> for Delivery {
    fn from(row: outbox::Row) -> Self {
        Self {
            event: event::read(row.body.as_bytes()),
            source: Source { topic: row.topic, partition: 0, offset: row.position },
            body: row.body.into_bytes(),
            traceparent: row.traceparent.and_then(|text| text.parse().ok()),
        }
    }
}
