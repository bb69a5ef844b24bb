//! The port of events: wake-ups that come from the outbox, read from its own table or through Kafka.
//!
//! Two ways to read. A [`Follower`] sees everything in the order of its places and keeps its own place with its effect. A
//! [`Member`] shares the events with all who read under the same name; what it commits does not come again, what it does
//! not commit does. Both adapters ([`log`], [`kafka`]) pass one suite. Events may come more than once: effects are
//! idempotent by the event's id.

mod error;
mod intake;
pub mod kafka;
pub mod log;
#[cfg(feature = "testing")]
pub mod suite;

use async_trait::async_trait;

pub use crate::db::outbox::Placed;
pub use error::BusError;
pub use intake::{TRANSCODE, take_in};

use crate::{
    event::{DeadLetter, Event, Reason, Unreadable},
    trace::TraceParent,
};

/// Where events are read.
#[async_trait]
pub trait EventBus: std::fmt::Debug + Send + Sync {
    /// Reads all events, for one who keeps its own place.
    fn follow(&self) -> Result<Box<dyn Follower>, BusError>;

    /// Reads a share of the events of these topics, with all others who read them under the name `consumer`. A topic that
    /// nobody acts on would be shared out, too, and leave one with nothing to do.
    fn join(&self, consumer: &str, topics: &[&'static str]) -> Result<Box<dyn Member>, BusError>;

    /// Whether events travel now.
    async fn health(&self) -> Result<(), BusError>;

    /// How many events wait for each consumer that this process knows of, by its name.
    async fn lags(&self) -> Result<Vec<(String, i64)>, BusError>;

    /// What consumers gave up, the oldest first.
    async fn dead_letters(&self) -> Result<Vec<DeadLetter>, BusError>;

    /// Puts a letter's message back where it was read, and takes the letter away.
    async fn replay(&self, letter: &DeadLetter) -> Result<(), BusError>;
}

/// Reads every event in the order of the places.
#[async_trait]
pub trait Follower: std::fmt::Debug + Send + Sync {
    /// The next events after `position`, the first of them at `position + 1`; waits until there is at least one. May be
    /// dropped while it waits.
    ///
    /// # Errors
    /// [`BusError::Forgotten`] where what comes next is kept no longer: whoever follows begins anew from the database.
    async fn next_after(&mut self, position: i64) -> Result<Vec<Placed>, BusError>;
}

#[async_trait]
impl<F: Follower + ?Sized> Follower for Box<F> {
    async fn next_after(&mut self, position: i64) -> Result<Vec<Placed>, BusError> {
        (**self).next_after(position).await
    }
}

/// Reads a share of the events.
#[async_trait]
pub trait Member: std::fmt::Debug + Send + Sync {
    /// The next events of this member's share; waits until there is at least one. What was given and not committed is
    /// given again. May be dropped while it waits.
    async fn next(&mut self) -> Result<Vec<Delivery>, BusError>;

    /// Everything that was given has had its effect.
    async fn commit(&mut self) -> Result<(), BusError>;

    /// Puts a message that can't have its effect with the dead letters. It still is to be committed with the others.
    async fn bury(&mut self, delivery: &Delivery, reason: Reason, message: &str) -> Result<(), BusError>;
}

/// A message as it came to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where it was.
    pub source: Source,
    /// The event, where it is one.
    pub event: Result<Event, Unreadable>,
    /// The message itself.
    pub body: Vec<u8>,
    /// The trace that it belongs to.
    pub traceparent: Option<TraceParent>,
}

/// Where a message was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The topic.
    pub topic: String,
    /// The partition; 0 in the embedded log.
    pub partition: i32,
    /// The offset in it; the place in the embedded log.
    pub offset: i64,
}

impl Delivery {
    /// The letter that tells of this message; it is counted.
    fn give_up(&self, consumer: &str, reason: Reason, message: &str) -> DeadLetter {
        let labels = [("consumer", consumer.to_owned()), ("reason", reason.as_str().to_owned())];
        metrics::counter!("mutoscope_dead_letters_total", &labels).increment(1);
        let Source { topic, partition, offset } = &self.source;
        DeadLetter {
            video_id: self.event.as_ref().ok().map(|event| event.video_id),
            traceparent: self.traceparent.as_ref().map(ToString::to_string),
            ..DeadLetter::new(consumer, topic, *partition, *offset, reason, message.to_owned(), &self.body)
        }
    }
}
