//! Dead letters: messages that a consumer could not take in, kept with the reason until someone has them tried again.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::{Unreadable, VERSION};
use crate::{
    id::{EventId, VideoId},
    time::UnixMs,
};

/// A message with why and where it was given up, as `schema/events/dead_letter.v1.json` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "dead_letter")]
pub struct DeadLetter {
    /// The same each time the same consumer gives up the same message.
    pub id: EventId,
    /// The version of this shape.
    pub version: u32,
    /// When it was given up.
    pub occurred_at: UnixMs,
    /// Whom the message is about, as far as that can be told.
    pub video_id: Option<VideoId>,
    /// Why, for programs.
    pub reason: Reason,
    /// Why, for people.
    pub message: String,
    /// Who gave it up.
    pub consumer: String,
    /// Where it was.
    pub topic: String,
    /// The partition there; 0 in the embedded log.
    pub partition: i32,
    /// The offset there; the place in the embedded log.
    pub offset: i64,
    /// The trace that the message belongs to (W3C Trace Context).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub traceparent: Option<String>,
    /// The message.
    #[serde(flatten)]
    pub body: Body,
}

/// Why a message was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is no event.
    Malformed,
    /// A type that the consumer does not know.
    UnknownType,
    /// A version that the consumer does not know.
    UnknownVersion,
    /// What it asks for can't be done, however often it is tried.
    Failed,
}

/// A message's bytes, as text where they are text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Body {
    /// UTF-8.
    Text {
        /// As it came.
        body: String,
    },
    /// Anything else.
    Bytes {
        /// In Base64.
        body_base64: String,
    },
}

impl Reason {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownType => "unknown_type",
            Self::UnknownVersion => "unknown_version",
            Self::Failed => "failed",
        }
    }
}

impl DeadLetter {
    /// The letter for a message that `consumer` gave up at this place.
    pub fn new(
        consumer: &str,
        topic: &str,
        partition: i32,
        offset: i64,
        reason: Reason,
        message: String,
        body: &[u8],
    ) -> Self {
        Self {
            id: id_of(consumer, topic, partition, offset),
            version: VERSION,
            occurred_at: UnixMs::now(),
            video_id: None,
            reason,
            message,
            consumer: consumer.to_owned(),
            topic: topic.to_owned(),
            partition,
            offset,
            traceparent: None,
            body: Body::of(body),
        }
    }
}

impl Body {
    /// The bytes as they are written.
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text { body: text.to_owned() },
            Err(_) => Self::Bytes { body_base64: BASE64_STANDARD.encode(bytes) },
        }
    }

    /// The bytes; `None` where they are not well written.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text { body } => Some(body.clone().into_bytes()),
            Self::Bytes { body_base64 } => BASE64_STANDARD.decode(body_base64).ok(),
        }
    }
}

impl From<&Unreadable> for Reason {
    fn from(unreadable: &Unreadable) -> Self {
        match unreadable {
            Unreadable::Malformed(_) => Self::Malformed,
            Unreadable::UnknownType(_) => Self::UnknownType,
            Unreadable::UnknownVersion { .. } => Self::UnknownVersion,
        }
    }
}

/// RFC 9562, version 8: from a hash, so that giving up twice is giving up once.
fn id_of(consumer: &str, topic: &str, partition: i32, offset: i64) -> EventId {
    let digest: [u8; 32] = Sha256::digest(format!("{consumer}\0{topic}\0{partition}\0{offset}")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    EventId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
}
