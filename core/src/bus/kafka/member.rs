//! A member of a consumer group: it reads its share, and commits offsets once what it read has had its effect.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use futures::FutureExt;
use rdkafka::{
    Offset, TopicPartitionList,
    config::FromClientConfigAndContext,
    consumer::{CommitMode, Consumer, StreamConsumer},
    error::KafkaError,
    types::RDKafkaErrorCode,
};

use super::{
    KafkaBus,
    client::{Context, blocking, consumer_config},
    headers,
};
use crate::{
    bus::{BusError, Delivery, Member},
    event::Reason,
};

/// Given at a time: what comes again when its effect fails.
const BATCH: usize = 100;

/// The members of this process, by their consumer's name, for measures.
pub(super) type Members = Arc<Mutex<BTreeMap<String, Context>>>;

/// Reads a share of the events under a group's name.
pub(super) struct GroupMember {
    bus: KafkaBus,
    group: String,
    name: String,
    context: Context,
    consumer: Option<Arc<StreamConsumer<Context>>>,
    given: Vec<Delivery>,
}

impl std::fmt::Debug for GroupMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupMember").field("group", &self.group).finish_non_exhaustive()
    }
}

impl GroupMember {
    /// Joins the group of `consumer`; its share comes with [`Member::next`].
    pub(super) fn join(bus: &KafkaBus, consumer: &str, topics: &[&str]) -> Result<Self, BusError> {
        let context = Context::default();
        let group = bus.settings.name(consumer);
        let mut config = consumer_config(&bus.settings);
        config
            .set("group.id", &group)
            // A member that comes or leaves stops nobody else.
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", bus.settings.silent_for.as_millis().to_string())
            .set("heartbeat.interval.ms", (bus.settings.silent_for / 4).as_millis().to_string())
            .set("statistics.interval.ms", "5000");
        let client: StreamConsumer<Context> = StreamConsumer::from_config_and_context(&config, context.clone())
            .map_err(|error| context.fault("a consumer's client can't be made", error))?;
        let topics: Vec<String> = topics.iter().map(|topic| bus.settings.name(topic)).collect();
        let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
        client.subscribe(&topics).map_err(|error| context.fault("a consumer can't subscribe", error))?;
        bus.members.lock().unwrap_or_else(PoisonError::into_inner).insert(consumer.to_owned(), context.clone());
        Ok(Self {
            bus: bus.clone(),
            name: consumer.to_owned(),
            group,
            context,
            consumer: Some(Arc::new(client)),
            given: Vec::new(),
        })
    }

    /// One past the last offset of each partition that was given, of those that are still ours.
    fn offsets(&self, consumer: &StreamConsumer<Context>) -> Result<TopicPartitionList, KafkaError> {
        let ours = consumer.assignment()?;
        let mut last: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        for delivery in &self.given {
            let at = last.entry((&delivery.source.topic, delivery.source.partition)).or_default();
            *at = delivery.source.offset.max(*at);
        }
        let mut offsets = TopicPartitionList::new();
        for ((topic, partition), offset) in last {
            if ours.find_partition(topic, partition).is_some() {
                offsets.add_partition_offset(topic, partition, Offset::Offset(offset + 1))?;
            }
        }
        Ok(offsets)
    }
}

#[async_trait]
impl Member for GroupMember {
    async fn next(&mut self) -> Result<Vec<Delivery>, BusError> {
        let Some(consumer) = &self.consumer else { return Ok(Vec::new()) };
        let failed = |error| self.context.fault("events can't be read from Kafka", error);
        if self.given.is_empty() {
            let first = loop {
                match consumer.recv().await {
                    Ok(message) => break headers::delivery(&message),
                    Err(error) if self.context.is_passing(&error) => {}
                    Err(error) => return Err(failed(error)),
                }
            };
            self.given.push(first);
            self.context.well();
            // What is here already comes with it.
            while self.given.len() < BATCH {
                let Some(Ok(message)) = consumer.recv().now_or_never() else { break };
                self.given.push(headers::delivery(&message));
            }
        }
        Ok(self.given.clone())
    }

    async fn commit(&mut self) -> Result<(), BusError> {
        let Some(consumer) = self.consumer.clone() else { return Ok(()) };
        let failed = |error| self.context.fault("offsets can't be committed", error);
        let offsets = self.offsets(&consumer).map_err(failed)?;
        if offsets.count() > 0 {
            match blocking(move || consumer.commit(&offsets, CommitMode::Sync)).await? {
                Ok(()) => {}
                // Others have our partitions now: they read it again, and it has no effect then.
                Err(error) if is_moved(&error) => tracing::debug!(group = self.group, "partitions went to others"),
                Err(error) => return Err(self.context.fault("offsets can't be committed", error)),
            }
        }
        self.given.clear();
        Ok(())
    }

    async fn bury(&mut self, delivery: &Delivery, reason: Reason, message: &str) -> Result<(), BusError> {
        tracing::warn!(
            consumer = self.name,
            topic = delivery.source.topic,
            partition = delivery.source.partition,
            offset = delivery.source.offset,
            reason = message,
            "a message goes to the dead letters"
        );
        self.bus.bury(&delivery.give_up(&self.name, reason, message)).await
    }
}

impl Drop for GroupMember {
    fn drop(&mut self) {
        close(self.consumer.take());
    }
}

/// Leaving a group waits for the brokers' answer: not on a thread that others need.
pub(super) fn close(consumer: Option<Arc<StreamConsumer<Context>>>) {
    let Some(consumer) = consumer else { return };
    match tokio::runtime::Handle::try_current() {
        // Not joined: the runtime waits for it when it ends.
        Ok(runtime) => drop(runtime.spawn_blocking(move || drop(consumer))),
        Err(_) => drop(consumer),
    }
}

fn is_moved(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::IllegalGeneration
                | RDKafkaErrorCode::UnknownMemberId
                | RDKafkaErrorCode::RebalanceInProgress
                | RDKafkaErrorCode::AssignmentLost
                | RDKafkaErrorCode::NoOffset
        )
    )
}
