//! Following: every partition, without a group, from the place that the follower's own effect keeps.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use rdkafka::{
    Offset, TopicPartitionList,
    config::FromClientConfigAndContext,
    consumer::{Consumer, StreamConsumer},
    message::Message,
};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout_at},
};

use super::{
    KafkaSettings,
    client::{Context, blocking, consumer_config},
    headers,
    merge::Merge,
    topics,
};
use crate::{
    bus::{BusError, Follower, Placed},
    db::{
        Db, outbox,
        relay::{self, Offsets},
    },
};

/// Given at a time.
const BATCH: usize = 200;
/// What does not come is looked for this often.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A partition.
type Part = (String, i32);
type Stream = StreamConsumer<Context>;

/// Reads all partitions and merges them into the one order.
#[derive(Debug)]
pub(super) struct KafkaFollower {
    db: Db,
    settings: KafkaSettings,
    context: Context,
    state: State,
    merge: Merge,
    look_at: Instant,
}

enum State {
    Idle,
    /// Who follows may stop waiting at any time: what takes long goes on beside it.
    Opening(JoinHandle<Result<Reading, BusError>>),
    Reading(Box<Reading>),
}

/// The partitions, and how far each was read.
struct Reading {
    consumer: Option<Arc<Stream>>,
    /// The next offset of each.
    next: BTreeMap<Part, i64>,
    search: Search,
}

/// Whether an event that does not come is there at all.
enum Search {
    Off,
    Asking {
        place: i64,
        answer: JoinHandle<Result<BTreeMap<Part, i64>, BusError>>,
    },
    /// Every event up to the place was in Kafka when partitions were filled to these offsets.
    Until {
        place: i64,
        filled: BTreeMap<Part, i64>,
    },
}

impl KafkaFollower {
    pub(super) fn new(db: Db, settings: KafkaSettings) -> Self {
        let (context, merge) = (Context::default(), Merge::after(0));
        Self { db, settings, context, state: State::Idle, merge, look_at: Instant::now() }
    }

    /// Begins to read where a mark says that everything after `position` is still to come.
    async fn open(&mut self, position: i64) -> Result<&mut Reading, BusError> {
        if position < self.merge.position() {
            self.state = State::Idle;
        }
        self.merge.forget_through(position);
        if let State::Idle = self.state {
            let mark = relay::mark_before(&self.db, position).await?;
            let offsets = mark.map_or_else(Vec::new, |(_, offsets)| offsets);
            let (settings, context) = (self.settings.clone(), self.context.clone());
            self.merge = Merge::after(position);
            self.state =
                State::Opening(tokio::spawn(
                    async move { blocking(move || open(&settings, context, &offsets)).await? },
                ));
        }
        if let State::Opening(task) = &mut self.state {
            let opened = joined(task.await);
            self.state = State::Idle;
            self.state = State::Reading(Box::new(opened?));
            self.look_at = Instant::now() + LOOK_EVERY;
        }
        match &mut self.state {
            State::Reading(reading) => Ok(reading),
            State::Idle | State::Opening(_) => Err(BusError::Stuck),
        }
    }

    /// Reads until something is ready, or it is time to look.
    async fn read(&mut self, position: i64) -> Result<Vec<Placed>, BusError> {
        let context = self.context.clone();
        self.open(position).await?;
        let State::Reading(reading) = &mut self.state else { return Err(BusError::Stuck) };
        let Some(consumer) = reading.consumer.clone() else { return Err(BusError::Stuck) };
        loop {
            let ready = self.merge.ready(BATCH);
            if !ready.is_empty() {
                reading.search = Search::Off;
                self.look_at = Instant::now() + LOOK_EVERY;
                return Ok(ready);
            }
            let message = match timeout_at(self.look_at, consumer.recv()).await {
                Ok(Ok(message)) => message,
                Ok(Err(error)) if context.is_passing(&error) => continue,
                Ok(Err(error)) => return Err(context.fault("events can't be read from Kafka", error)),
                Err(_) => return Ok(Vec::new()),
            };
            context.well();
            reading.next.insert((message.topic().to_owned(), message.partition()), message.offset() + 1);
            // What has no place was not sent by a relay: it is for members only, if for anyone.
            let has_room = headers::placed(&message).is_none_or(|placed| self.merge.put(placed));
            if !has_room {
                self.state = State::Idle;
                return Err(BusError::Stuck);
            }
        }
    }

    /// What does not come: is it late, or is it not there any more?
    async fn look(&mut self, position: i64) -> Result<(), BusError> {
        self.look_at = Instant::now() + LOOK_EVERY;
        let relayed = outbox::cursor(&self.db, relay::CURSOR).await?;
        let State::Reading(reading) = &mut self.state else { return Ok(()) };
        let place = position + 1;
        match &mut reading.search {
            Search::Until { place: of, filled } if *of == place => {
                let is_read = |(part, filled): (&Part, &i64)| reading.next.get(part).is_some_and(|next| next >= filled);
                if filled.keys().any(|part| !reading.next.contains_key(part)) {
                    // There are new partitions: all are opened again.
                    self.state = State::Idle;
                } else if filled.iter().all(is_read) {
                    reading.search = Search::Off;
                    return Err(BusError::Forgotten { after: position });
                }
            }
            Search::Asking { place: of, answer } if *of == place => {
                if answer.is_finished() {
                    let filled = joined(answer.await);
                    reading.search = Search::Off;
                    reading.search = Search::Until { place, filled: filled? };
                }
            }
            _ if relayed >= place => {
                // Asked after the relay has marked it: by now it lies before the end of its partition.
                let (settings, context) = (self.settings.clone(), self.context.clone());
                let Some(consumer) = reading.consumer.clone() else { return Ok(()) };
                let answer = tokio::spawn(async move { blocking(move || ends(&settings, &context, &consumer)).await? });
                reading.search = Search::Asking { place, answer };
            }
            _ => reading.search = Search::Off,
        }
        Ok(())
    }
}

#[async_trait]
impl Follower for KafkaFollower {
    async fn next_after(&mut self, position: i64) -> Result<Vec<Placed>, BusError> {
        loop {
            let ready = self.read(position).await?;
            if !ready.is_empty() {
                return Ok(ready);
            }
            self.look(position).await?;
        }
    }
}

/// Assigns every partition, each from its offset or from its beginning.
fn open(settings: &KafkaSettings, context: Context, offsets: &Offsets) -> Result<Reading, BusError> {
    let mut config = consumer_config(settings);
    // The library wants a name; nothing is ever committed under it, and no group is joined.
    config.set("group.id", settings.name("mutoscope.follow"));
    let consumer: Stream = StreamConsumer::from_config_and_context(&config, context.clone())
        .map_err(|error| context.fault("the client that follows events can't be made", error))?;
    let mut assignment = TopicPartitionList::new();
    let mut next = BTreeMap::new();
    for (topic, partition) in topics::partitions(&consumer, &context, &settings.event_topics())? {
        let (low, _) = topics::extent(&consumer, &context, &topic, partition)?;
        let from = offsets.iter().find(|(name, part, _)| *name == topic && *part == partition);
        let from = from.map_or(low, |(_, _, from)| *from).max(low);
        assignment
            .add_partition_offset(&topic, partition, Offset::Offset(from))
            .map_err(|error| context.fault("a partition can't be read", error))?;
        next.insert((topic, partition), from);
    }
    consumer.assign(&assignment).map_err(|error| context.fault("partitions can't be read", error))?;
    Ok(Reading { consumer: Some(Arc::new(consumer)), next, search: Search::Off })
}

/// How far every partition is filled now.
fn ends(settings: &KafkaSettings, context: &Context, consumer: &Stream) -> Result<BTreeMap<Part, i64>, BusError> {
    let mut ends = BTreeMap::new();
    for (topic, partition) in topics::partitions(consumer, context, &settings.event_topics())? {
        let (low, high) = topics::extent(consumer, context, &topic, partition)?;
        // Of one that is empty nothing is to come, wherever it ends.
        ends.insert((topic, partition), if low == high { 0 } else { high });
    }
    Ok(ends)
}

fn joined<T>(ended: Result<Result<T, BusError>, tokio::task::JoinError>) -> Result<T, BusError> {
    ended.unwrap_or_else(|error| {
        Err(BusError::Service { doing: "following Kafka ended by a fault", source: Box::new(error) })
    })
}

impl Drop for Reading {
    /// Closing a client may wait for its brokers.
    fn drop(&mut self) {
        super::member::close(self.consumer.take());
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Idle => "Idle",
            Self::Opening(_) => "Opening",
            Self::Reading(_) => "Reading",
        })
    }
}
