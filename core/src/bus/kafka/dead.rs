//! The dead-letter topic: written by consumers, read by people, emptied by a message without a body.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    config::FromClientConfigAndContext,
    consumer::{BaseConsumer, Consumer},
    producer::FutureRecord,
    util::Timeout,
};

use super::{
    KafkaBus, KafkaSettings,
    client::{Context, blocking, consumer_config},
    headers, topics,
};
use crate::{bus::BusError, event::DeadLetter, id::EventId};

const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const READ_WITHIN: Duration = Duration::from_secs(60);

impl KafkaBus {
    /// Keeps the letter.
    pub(super) async fn bury(&self, letter: &DeadLetter) -> Result<(), BusError> {
        let body = serde_json::to_string(letter).map_err(|source| BusError::Service {
            doing: "a dead letter can't be written",
            source: Box::new(source),
        })?;
        let (topic, key) = (self.settings.dead_topic(), letter.id.to_string());
        self.send(FutureRecord::to(&topic).key(&key).payload(&body), "a dead letter can't be kept").await
    }

    /// Puts the message back, then takes the letter away: dropped between, it is there to be put back again.
    pub(super) async fn put_back(&self, letter: &DeadLetter) -> Result<(), BusError> {
        let body = letter.body.bytes().ok_or(BusError::NoLetter)?;
        let key = letter.video_id.map(|id| id.to_string()).unwrap_or_else(|| letter.id.to_string());
        let record = FutureRecord::to(&letter.topic).key(&key).payload(&body).headers(headers::of_replayed(letter));
        self.send(record, "a message can't be put back").await?;
        let (topic, key) = (self.settings.dead_topic(), letter.id.to_string());
        self.send(FutureRecord::<String, [u8]>::to(&topic).key(&key), "a dead letter can't be taken away").await
    }

    /// Those that were not taken away, the oldest first.
    pub(super) async fn letters(&self) -> Result<Vec<DeadLetter>, BusError> {
        let settings = self.settings.clone();
        blocking(move || read_all(&settings)).await?
    }

    async fn send<K, P>(&self, record: FutureRecord<'_, K, P>, doing: &'static str) -> Result<(), BusError>
    where
        K: rdkafka::message::ToBytes + ?Sized,
        P: rdkafka::message::ToBytes + ?Sized,
    {
        match self.producer.send(record, Timeout::After(ANSWER_WITHIN)).await {
            Ok(_) => Ok(()),
            Err((error, _)) => Err(self.context.fault(doing, error)),
        }
    }
}

/// From the beginning to where the topic ends now.
fn read_all(settings: &KafkaSettings) -> Result<Vec<DeadLetter>, BusError> {
    let context = Context::default();
    let failed = |error| context.fault("dead letters can't be read", error);
    let mut config = consumer_config(settings);
    config.set("group.id", settings.name("mutoscope.dead"));
    let consumer: BaseConsumer<Context> =
        BaseConsumer::from_config_and_context(&config, context.clone()).map_err(failed)?;
    let mut left = BTreeMap::new();
    let mut assignment = TopicPartitionList::new();
    for (topic, partition) in topics::partitions(&consumer, &context, &[settings.dead_topic()])? {
        let (low, high) = topics::extent(&consumer, &context, &topic, partition)?;
        if low < high {
            assignment.add_partition_offset(&topic, partition, Offset::Offset(low)).map_err(failed)?;
            left.insert(partition, high);
        }
    }
    consumer.assign(&assignment).map_err(failed)?;
    let mut letters: BTreeMap<EventId, DeadLetter> = BTreeMap::new();
    let deadline = Instant::now() + READ_WITHIN;
    while !left.is_empty() && Instant::now() < deadline {
        let Some(message) = consumer.poll(Duration::from_millis(200)) else { continue };
        let message = message.map_err(failed)?;
        if left.get(&message.partition()).is_some_and(|high| message.offset() + 1 >= *high) {
            left.remove(&message.partition());
        }
        take(&mut letters, &message);
    }
    if !left.is_empty() {
        let error = rdkafka::error::KafkaError::MessageConsumption(rdkafka::types::RDKafkaErrorCode::OperationTimedOut);
        return Err(failed(error));
    }
    let mut letters: Vec<DeadLetter> = letters.into_values().collect();
    letters.sort_by_key(|letter| letter.occurred_at);
    Ok(letters)
}

/// A letter that comes again replaces itself; a message without a body takes its letter away.
fn take(letters: &mut BTreeMap<EventId, DeadLetter>, message: &impl Message) {
    let key = message.key().and_then(|key| std::str::from_utf8(key).ok()?.parse().ok());
    match (key, message.payload()) {
        (Some(id), None) => drop(letters.remove(&id)),
        (_, Some(body)) => match serde_json::from_slice::<DeadLetter>(body) {
            Ok(letter) => drop(letters.insert(letter.id, letter)),
            Err(error) => tracing::warn!(
                offset = message.offset(),
                error = &error as &dyn std::error::Error,
                "what lies among the dead letters is none"
            ),
        },
        (None, None) => {}
    }
}
