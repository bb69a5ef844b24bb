//! The topics: which partitions they have, and making them.

use std::time::Duration;

use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    config::FromClientConfigAndContext,
    consumer::Consumer,
    error::KafkaError,
    producer::{FutureProducer, Producer},
    types::RDKafkaErrorCode,
};

use super::{
    DEAD_RETENTION, KafkaSettings,
    client::{Context, blocking, config, producer_config},
};
use crate::bus::BusError;

/// What to do where a topic is missing.
pub(super) const NOT_THERE: &str = "a topic is not there: mutoscope admin setup makes it";

const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// A partition that was just made, or has lost its broker, has a leader within a moment.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);
const MADE_WITHIN: Duration = Duration::from_secs(15);

/// What became of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeTopic {
    /// Its name.
    pub name: String,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// Makes the topics that are not there, and leaves those that are as they are.
///
/// # Errors
/// [`BusError::Service`] where the cluster is away, lets us not in, or refuses.
pub async fn make(settings: &KafkaSettings) -> Result<Vec<MadeTopic>, BusError> {
    let context = Context::default();
    let failed = |error| context.fault("topics can't be made", error);
    let admin: AdminClient<Context> =
        AdminClient::from_config_and_context(&config(settings), context.clone()).map_err(failed)?;
    let (events, dead) = (milliseconds(settings.topics.retention), milliseconds(DEAD_RETENTION));
    let partitions = i32::from(settings.topics.partitions);
    // -1: as the brokers have it.
    let replication = settings.topics.replication.map_or(-1, i32::from);
    let ([videos, spans], letters) = (settings.event_topics(), settings.dead_topic());
    let wanted = [(&videos, &events), (&spans, &events), (&letters, &dead)].map(|(name, retention)| {
        let partitions = if *name == letters { 1 } else { partitions };
        NewTopic::new(name, partitions, TopicReplication::Fixed(replication)).set("retention.ms", retention)
    });
    let options = AdminOptions::new().request_timeout(Some(MADE_WITHIN)).operation_timeout(Some(MADE_WITHIN));
    let outcomes = admin.create_topics(&wanted, &options).await.map_err(failed)?;
    let made = outcomes.into_iter().map(|outcome| match outcome {
        Ok(name) => Ok(MadeTopic { name, is_new: true }),
        Err((name, RDKafkaErrorCode::TopicAlreadyExists)) => Ok(MadeTopic { name, is_new: false }),
        Err((_, code)) => Err(failed(KafkaError::AdminOp(code))),
    });
    made.collect()
}

/// The topics that are not there; nothing is made.
///
/// # Errors
/// [`BusError::Service`] where the cluster is away or lets us not in.
pub async fn missing(settings: &KafkaSettings) -> Result<Vec<String>, BusError> {
    let settings = settings.clone();
    blocking(move || {
        let context = Context::default();
        let failed = |error| context.fault("Kafka does not answer", error);
        let client: FutureProducer<Context> =
            FutureProducer::from_config_and_context(&producer_config(&settings), context.clone()).map_err(failed)?;
        // Of all topics: asking for one that is not there can make it.
        let metadata = client.client().fetch_metadata(None, ANSWER_WITHIN).map_err(failed)?;
        let mut wanted = settings.event_topics().to_vec();
        wanted.push(settings.dead_topic());
        wanted.retain(|name| {
            !metadata.topics().iter().any(|topic| topic.name() == name && !topic.partitions().is_empty())
        });
        Ok(wanted)
    })
    .await?
}

/// Every partition of the topics.
///
/// # Errors
/// [`BusError::Service`] where Kafka does not answer, or has no such topic.
pub(super) fn partitions<C: Consumer<Context>>(
    client: &C,
    context: &Context,
    topics: &[String],
) -> Result<Vec<(String, i32)>, BusError> {
    let mut partitions = Vec::new();
    for topic in topics {
        let metadata = client
            .fetch_metadata(Some(topic), ANSWER_WITHIN)
            .map_err(|error| context.fault("Kafka does not answer", error))?;
        let found = metadata.topics().first().map_or(&[][..], |found| found.partitions());
        if found.is_empty() {
            let error = KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition);
            return Err(context.fault(NOT_THERE, error));
        }
        partitions.extend(found.iter().map(|partition| (topic.clone(), partition.id())));
    }
    Ok(partitions)
}

/// Where the partition begins and where it ends, as numbers of messages. Waits where its leader has only just come.
pub(super) fn extent<C: Consumer<Context>>(
    client: &C,
    context: &Context,
    topic: &str,
    partition: i32,
) -> Result<(i64, i64), BusError> {
    let mut tries_left = TRIES;
    loop {
        tries_left -= 1;
        match client.fetch_watermarks(topic, partition, ANSWER_WITHIN) {
            Ok(extent) => return Ok(extent),
            Err(error) if tries_left > 0 && is_settling(&error) => std::thread::sleep(BETWEEN_TRIES),
            Err(error) => return Err(context.fault("Kafka does not say how far its partitions are filled", error)),
        }
    }
}

fn is_settling(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{LeaderNotAvailable, NotLeaderForPartition};
    matches!(error.rdkafka_error_code(), Some(NotLeaderForPartition | LeaderNotAvailable))
}

fn milliseconds(length: Duration) -> String {
    length.as_millis().to_string()
}
