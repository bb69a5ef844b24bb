//! The relay: one process at a time sends placed events to Kafka, in their order, and moves the cursor once they are there.
//! What was sent and not marked is sent again.

use std::{collections::BTreeMap, time::Duration};

use futures::{StreamExt, stream::FuturesOrdered};
use rdkafka::{
    config::FromClientConfigAndContext,
    error::KafkaError,
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    KafkaSettings,
    client::{Context, producer_config},
    headers,
};
use crate::{
    bus::{
        BusError,
        log::{EventLog, LOOK_EVERY, wait_for},
    },
    crash::{self, Point},
    db::{
        Db, DbError, leases,
        outbox::{self, Row},
        relay::{self, Offsets},
    },
    job::Lease,
};

/// The right that it holds.
const RIGHT: &str = "kafka-relay";
const RIGHT_LENGTH: Duration = Duration::from_secs(10);
/// In flight at a time.
const BATCH: i64 = 500;
/// A mark for those who follow: they read at most so many events again.
const MARK_EVERY: i64 = 1000;
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(5);

/// Sends events to Kafka, one process at a time. Run it as a task beside the sequencer.
pub struct Relay {
    db: Db,
    settings: KafkaSettings,
    owner: String,
    placed: watch::Receiver<u64>,
    context: Context,
    producer: Option<FutureProducer<Context>>,
    filled: BTreeMap<(String, i32), i64>,
    marked: i64,
}

/// What a batch came to.
struct Sent {
    /// Everything up to here is there.
    position: i64,
    failure: Option<BusError>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("owner", &self.owner).finish_non_exhaustive()
    }
}

impl Relay {
    /// The relay of `log` that this process offers under the name `owner`.
    pub fn new(log: &EventLog, owner: String, settings: KafkaSettings) -> Self {
        Self {
            db: log.db().clone(),
            settings,
            owner,
            placed: log.bell(),
            context: Context::default(),
            producer: None,
            filled: BTreeMap::new(),
            marked: 0,
        }
    }

    /// Sends events until `stop`. A cluster that is away is tried again; events wait in the database meanwhile.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut retry = FIRST_RETRY;
        loop {
            self.placed.mark_unchanged();
            let turn = tokio::select! {
                () = stop.cancelled() => break,
                turn = self.turn() => turn,
            };
            let wait = match turn {
                Ok(true) => {
                    retry = FIRST_RETRY;
                    continue;
                }
                Ok(false) => None,
                Err(BusError::Database(DbError::LeaseLost)) => Some(LOOK_EVERY),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "events wait for Kafka");
                    let wait = retry;
                    retry = (retry * 2).min(LAST_RETRY);
                    Some(wait)
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = pause(wait, &mut self.placed) => {}
            }
        }
        if let Err(error) = leases::release(&self.db, RIGHT, &self.owner).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "the relay's right ends by itself");
        }
    }

    /// Sends what waits, at most a batch; `false` where nothing does, or others send it.
    async fn turn(&mut self) -> Result<bool, BusError> {
        let cursor = outbox::cursor(&self.db, relay::CURSOR).await?;
        let rows = outbox::rows_after(&self.db, cursor, BATCH).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let Some(lease) = leases::hold(&self.db, RIGHT, &self.owner, RIGHT_LENGTH).await? else {
            return Ok(false);
        };
        if outbox::cursor(&self.db, relay::CURSOR).await? != cursor {
            // Another one sent these before it gave the right away.
            return Ok(true);
        }
        if self.marked < cursor {
            self.take_over(cursor).await?;
        }
        let sent = self.send(cursor, &rows, lease).await?;
        if sent.position > cursor {
            crash::reached(Point::EventSent);
            self.mark(sent.position, lease).await?;
        }
        sent.failure.map_or(Ok(true), Err)
    }

    /// Another process sent what is before: from its last mark on, partitions are known to be filled at least so far.
    async fn take_over(&mut self, cursor: i64) -> Result<(), DbError> {
        let Some((position, offsets)) = relay::mark_before(&self.db, cursor).await? else { return Ok(()) };
        if position > self.marked {
            self.filled = offsets.into_iter().map(|(topic, partition, next)| ((topic, partition), next)).collect();
            self.marked = position;
        }
        Ok(())
    }

    /// Sends all rows, several in flight, and waits for each.
    async fn send(&mut self, cursor: i64, rows: &[Row], lease: Lease) -> Result<Sent, BusError> {
        let producer = self.producer()?;
        let mut flights = FuturesOrdered::new();
        let mut failure = None;
        for row in rows {
            match fly(&producer, &self.settings, row) {
                Ok(flight) => flights.push_back(flight),
                // The queue is full, or the producer is broken: the rest goes with the next batch.
                Err(error) => {
                    failure = Some(self.context.fault("events can't be handed to Kafka", error));
                    break;
                }
            }
        }
        let mut position = cursor;
        let mut is_whole = true;
        let mut landed = rows.iter();
        let mut renew = tokio::time::interval(RIGHT_LENGTH / 3);
        renew.tick().await;
        loop {
            let result = tokio::select! {
                result = flights.next() => result,
                _ = renew.tick() => {
                    // A right that went to another process: what is in flight may come twice, and is marked by that one.
                    let held = leases::hold(&self.db, RIGHT, &self.owner, RIGHT_LENGTH).await?;
                    if held != Some(lease) {
                        return Err(DbError::LeaseLost.into());
                    }
                    continue;
                }
            };
            let (Some(result), Some(row)) = (result, landed.next()) else { break };
            let outcome = match result {
                Ok(delivered) => delivered.map_err(|(error, _)| error),
                Err(_) => Err(KafkaError::Canceled),
            };
            match outcome {
                Ok(at) if is_whole => {
                    self.filled.insert((self.settings.name(&row.topic), at.partition), at.offset + 1);
                    position = row.position;
                }
                // It is there; one before it is not, and so it is sent again after that.
                Ok(_) => {}
                Err(error) => {
                    is_whole = false;
                    if failure.is_none() {
                        failure = Some(self.context.fault("events did not come to Kafka", error));
                    }
                }
            }
        }
        match &failure {
            None => self.context.well(),
            // One that lost its sequence sends nothing more: the next batch has a new one.
            Some(_) if producer.client().fatal_error().is_some() => self.producer = None,
            Some(_) => {}
        }
        Ok(Sent { position, failure })
    }

    async fn mark(&mut self, position: i64, lease: Lease) -> Result<(), DbError> {
        let is_due = self.marked == 0 || position - self.marked >= MARK_EVERY;
        let offsets: Option<Offsets> = is_due
            .then(|| self.filled.iter().map(|((topic, partition), next)| (topic.clone(), *partition, *next)).collect());
        relay::mark(&self.db, RIGHT, lease, position, offsets.as_ref()).await?;
        if is_due {
            self.marked = position;
        }
        Ok(())
    }

    fn producer(&mut self) -> Result<FutureProducer<Context>, BusError> {
        if let Some(producer) = &self.producer {
            return Ok(producer.clone());
        }
        let mut config = producer_config(&self.settings);
        config.set("enable.idempotence", "true");
        let producer = FutureProducer::from_config_and_context(&config, self.context.clone())
            .map_err(|error| self.context.fault("the relay's client can't be made", error))?;
        self.producer = Some(producer.clone());
        Ok(producer)
    }
}

async fn pause(wait: Option<Duration>, placed: &mut watch::Receiver<u64>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => wait_for(placed).await,
    }
}

fn fly(producer: &FutureProducer<Context>, settings: &KafkaSettings, row: &Row) -> Result<DeliveryFuture, KafkaError> {
    let (topic, key) = (settings.name(&row.topic), row.video_id.to_string());
    let record = FutureRecord::to(&topic).key(&key).payload(&row.body).headers(headers::of_row(row));
    producer.send_result(record).map_err(|(error, _)| error)
}
