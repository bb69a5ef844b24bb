//! Where Kafka is, how to get in, and what its topics are to be like.

use std::{path::PathBuf, str::FromStr, time::Duration};

use crate::event::{DEAD_TOPIC, SPANS_TOPIC, VIDEOS_TOPIC};

/// A cluster, and our place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaSettings {
    /// Where to begin: `host:port` of some brokers.
    pub brokers: Vec<String>,
    /// Put before the names of topics and groups, for platforms that share a cluster; may be empty.
    pub prefix: String,
    /// Encrypts, and checks that the brokers are who they say.
    pub tls: Option<KafkaTls>,
    /// Says who we are.
    pub login: Option<KafkaLogin>,
    /// What topics are made like.
    pub topics: TopicSettings,
    /// A member of a group that is silent for so long is replaced.
    pub silent_for: Duration,
}

/// Brokers allow 6 s to 30 minutes by default.
pub const SILENT_FOR: Duration = Duration::from_secs(10);

/// TLS to the brokers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KafkaTls {
    /// The authorities to believe, PEM; `None`: the system's.
    pub ca_file: Option<PathBuf>,
}

/// A user of the cluster.
#[derive(Clone, PartialEq, Eq)]
pub struct KafkaLogin {
    /// How the password is proved.
    pub mechanism: Mechanism,
    /// Who.
    pub username: String,
    /// Known to both.
    pub password: String,
}

/// How a password is proved (RFC 5802, RFC 7677; PLAIN sends it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// SCRAM-SHA-256.
    ScramSha256,
    /// SCRAM-SHA-512.
    ScramSha512,
    /// PLAIN; over TLS only.
    Plain,
}

/// What topics are made like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSettings {
    /// Of each topic: as many processes at most share the work of one consumer.
    pub partitions: u16,
    /// Copies of each partition; `None`: as the brokers have it.
    pub replication: Option<u16>,
    /// How long events are kept. Who follows and was away for longer begins anew from the database.
    pub retention: Duration,
}

/// How long dead letters are kept, for people to come by.
pub const DEAD_RETENTION: Duration = Duration::from_secs(90 * 24 * 3600);

impl Default for TopicSettings {
    fn default() -> Self {
        Self { partitions: 12, replication: None, retention: Duration::from_secs(7 * 24 * 3600) }
    }
}

impl KafkaSettings {
    /// A cluster without locks, for tests and for one machine.
    pub fn plain(brokers: Vec<String>, prefix: String) -> Self {
        Self { brokers, prefix, tls: None, login: None, topics: TopicSettings::default(), silent_for: SILENT_FOR }
    }

    /// A topic's or a group's name in the cluster.
    pub fn name(&self, own: &str) -> String {
        format!("{}{own}", self.prefix)
    }

    /// The topics that hold events.
    pub(super) fn event_topics(&self) -> [String; 2] {
        [self.name(VIDEOS_TOPIC), self.name(SPANS_TOPIC)]
    }

    pub(super) fn dead_topic(&self) -> String {
        self.name(DEAD_TOPIC)
    }
}

impl Mechanism {
    /// As Kafka calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
            Self::Plain => "PLAIN",
        }
    }
}

/// The text names no mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write SCRAM-SHA-256, SCRAM-SHA-512 or PLAIN")]
pub struct InvalidMechanism;

impl FromStr for Mechanism {
    type Err = InvalidMechanism;

    fn from_str(text: &str) -> Result<Self, InvalidMechanism> {
        [Self::ScramSha256, Self::ScramSha512, Self::Plain]
            .into_iter()
            .find(|mechanism| mechanism.as_str().eq_ignore_ascii_case(text))
            .ok_or(InvalidMechanism)
    }
}

impl std::fmt::Debug for KafkaLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KafkaLogin")
            .field("mechanism", &self.mechanism)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
