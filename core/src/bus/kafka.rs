//! Events through Kafka: the relay feeds it from the outbox, members of groups share it, followers read all of it.
//!
//! A reading list: [`KafkaSettings`] says where it is; `relay` puts events in; `follow` and `member` take them out; `dead`
//! keeps what could not be taken in; `topics` makes what has to be there.

mod client;
mod dead;
mod follow;
mod headers;
mod member;
mod merge;
#[cfg(feature = "testing")]
pub mod mock;
mod relay;
mod settings;
mod topics;

use std::{sync::PoisonError, time::Duration};

use async_trait::async_trait;
use rdkafka::{
    config::FromClientConfigAndContext,
    error::KafkaError,
    producer::{FutureProducer, Producer},
    types::RDKafkaErrorCode,
};

use self::{
    client::{Context, blocking, producer_config},
    follow::KafkaFollower,
    member::{GroupMember, Members},
};
use super::{BusError, EventBus, Follower, Member};
use crate::{
    db::Db,
    event::{DeadLetter, VIDEOS_TOPIC},
};

pub use relay::Relay;
pub use settings::{
    DEAD_RETENTION, InvalidMechanism, KafkaLogin, KafkaSettings, KafkaTls, Mechanism, SILENT_FOR, TopicSettings,
};
pub use topics::{MadeTopic, make as make_topics, missing as missing_topics};

const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// The cluster as this process uses it; cheap to clone.
#[derive(Clone)]
pub struct KafkaBus {
    db: Db,
    settings: KafkaSettings,
    context: Context,
    /// For dead letters, and for asking how the cluster is. The relay has one of its own.
    producer: FutureProducer<Context>,
    members: Members,
}

impl std::fmt::Debug for KafkaBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaBus").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl KafkaBus {
    /// Nothing is asked of the cluster yet: it may be away.
    ///
    /// # Errors
    /// [`BusError::Service`] where the settings make no client: a file that can't be read, say.
    pub fn open(db: Db, settings: KafkaSettings) -> Result<Self, BusError> {
        let context = Context::default();
        let producer = FutureProducer::from_config_and_context(&producer_config(&settings), context.clone())
            .map_err(|error| context.fault("no client can be made of the settings for Kafka", error))?;
        Ok(Self { db, settings, context, producer, members: Members::default() })
    }
}

#[async_trait]
impl EventBus for KafkaBus {
    fn follow(&self) -> Result<Box<dyn Follower>, BusError> {
        Ok(Box::new(KafkaFollower::new(self.db.clone(), self.settings.clone())))
    }

    fn join(&self, consumer: &str, topics: &[&'static str]) -> Result<Box<dyn Member>, BusError> {
        Ok(Box::new(GroupMember::join(self, consumer, topics)?))
    }

    async fn health(&self) -> Result<(), BusError> {
        let (producer, topic) = (self.producer.clone(), self.settings.name(VIDEOS_TOPIC));
        let answer = blocking(move || {
            let metadata = producer.client().fetch_metadata(Some(&topic), ANSWER_WITHIN)?;
            let is_there = metadata.topics().first().is_some_and(|topic| !topic.partitions().is_empty());
            if is_there { Ok(()) } else { Err(KafkaError::MetadataFetch(RDKafkaErrorCode::UnknownTopicOrPartition)) }
        });
        let answer = answer.await?.map_err(|error| match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::UnknownTopicOrPartition) => self.context.fault(topics::NOT_THERE, error),
            _ => self.context.fault("Kafka does not answer", error),
        });
        answer.inspect(|()| self.context.well())
    }

    async fn lags(&self) -> Result<Vec<(String, i64)>, BusError> {
        let members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(members.iter().filter_map(|(name, context)| Some((name.clone(), context.lag()?))).collect())
    }

    async fn dead_letters(&self) -> Result<Vec<DeadLetter>, BusError> {
        self.letters().await
    }

    async fn replay(&self, letter: &DeadLetter) -> Result<(), BusError> {
        self.put_back(letter).await
    }
}
