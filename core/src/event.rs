//! Events: what became true of a video, in the past tense, as `schema/events` describes it.

mod dead_letter;
mod wire;

use serde::{Deserialize, Serialize};

use crate::{
    id::{EventId, PlanId, VideoId},
    time::UnixMs,
};

pub use dead_letter::{Body, DeadLetter, Reason};
pub use wire::{Unreadable, read};

/// The topic of a video's lifecycle, keyed by video id.
pub const VIDEOS_TOPIC: &str = "mutoscope.videos.v1";

/// The topic of wake-ups for spans to make, keyed by video id.
pub const SPANS_TOPIC: &str = "mutoscope.spans.v1";

/// All topics of events.
pub const EVENT_TOPICS: [&str; 2] = [VIDEOS_TOPIC, SPANS_TOPIC];

/// The topic of what consumers could not take in, keyed by the letter's id.
pub const DEAD_TOPIC: &str = "mutoscope.dead.v1";

/// The version in which events are written; the only one that is read.
pub const VERSION: u32 = 1;

/// An event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Consumers are idempotent by it.
    pub id: EventId,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
    /// The version of `what`'s shape.
    pub version: u32,
    /// When it became true.
    pub occurred_at: UnixMs,
    /// Whom it happened to.
    pub video_id: VideoId,
}

/// What happened. A wake-up with enough in it to act on; the database is the truth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// The mezzanine is whole, or its owner asked to try it again.
    UploadCompleted {
        /// Counts the tries, from 1.
        attempt: i64,
    },
    /// A plan stands: the video can be watched from now on.
    VideoPlanned {
        /// The plan.
        plan_id: PlanId,
    },
    /// Every planned segment exists.
    VideoReady {
        /// The plan.
        plan_id: PlanId,
    },
    /// It can't be made.
    VideoFailed {
        /// Stable, from `schema/errors.json`.
        code: String,
    },
    /// Title, description, tags, privacy, channel or its owner's standing changed, or its views have doubled.
    VideoChanged,
    /// It is gone.
    VideoDeleted,
    /// There are spans to make.
    SpansPlanned {
        /// The plan they belong to.
        plan_id: PlanId,
    },
}

impl What {
    /// The types that this build knows, as they are written.
    const TYPES: [&'static str; 7] = [
        "upload_completed",
        "video_planned",
        "video_ready",
        "video_failed",
        "video_changed",
        "video_deleted",
        "spans_planned",
    ];
}

impl Event {
    /// The event that `what` happened to the video just now.
    pub fn new(video_id: VideoId, what: What) -> Self {
        Self { id: EventId::new(), what, version: VERSION, occurred_at: UnixMs::now(), video_id }
    }

    /// The topic it is published under.
    pub fn topic(&self) -> &'static str {
        match self.what {
            What::SpansPlanned { .. } => SPANS_TOPIC,
            _ => VIDEOS_TOPIC,
        }
    }
}
