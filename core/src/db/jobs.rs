//! Jobs: pieces of work that one worker at a time takes under a lease, in an order that is fair to all films.
//!
//! Every write of a holder names its token and fence; after a takeover it changes nothing and is
//! [`DbError::LeaseLost`](super::DbError::LeaseLost).

mod claim;
mod demand;
mod end;
mod enqueue;
mod lease;
mod replan;

use std::{fmt, ops::Range};

use crate::{
    id::{JobId, PlanId, VideoId},
    job::Lease,
};

pub use claim::{Choice, Claimer, claim, is_waiting};
pub use demand::{DEMAND_LASTS, demanded, raise, raise_sidecar};
pub use end::{Ending, cancel_video, fail, finish};
pub(crate) use end::{end_open_jobs, end_open_spans_of_other_plans};
pub use enqueue::enqueue_replans;
pub(crate) use enqueue::{INSERT, NewJob, enqueue_plan_within, insert_job, lowest_open_turn};
pub(crate) use lease::hold_lease;
pub use lease::{LeftBy, end_leases, hand_on, heartbeat, held_until, release};
pub use replan::{has_ended_with, replan};

/// A piece of work: what it is called decides whether it was asked for before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkKey<'a> {
    /// The plan of a video, once per attempt.
    Plan {
        /// The video.
        video_id: VideoId,
        /// Counts the tries, from 1.
        attempt: i64,
    },
    /// Another plan for a video whose plan no living worker can carry out.
    Replan {
        /// The video.
        video_id: VideoId,
        /// Counts the tries, from 1.
        attempt: i64,
        /// Of the worker that asks.
        fingerprint: &'a str,
    },
    /// A run of segments, once per attempt.
    Span {
        /// The plan.
        plan_id: PlanId,
        /// The video's attempt.
        attempt: i64,
        /// On the plan's grid.
        segments: Range<u32>,
    },
    /// The poster of a plan, once more.
    Poster {
        /// The plan.
        plan_id: PlanId,
    },
    /// The captions of a plan, once per attempt.
    Captions {
        /// The plan.
        plan_id: PlanId,
        /// The video's attempt.
        attempt: i64,
    },
    /// The poster of an instant that the owner chose.
    ChosenPoster {
        /// The plan.
        plan_id: PlanId,
        /// In milliseconds of the film.
        at_ms: u64,
    },
    /// The sidecars of a complete plan.
    Sidecars {
        /// The plan.
        plan_id: PlanId,
    },
}

impl fmt::Display for WorkKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan { video_id, attempt } => write!(f, "plan:{video_id}:{attempt}"),
            Self::Replan { video_id, attempt, fingerprint } => write!(f, "plan:{video_id}:{attempt}:{fingerprint}"),
            Self::Span { plan_id, attempt, segments } => {
                write!(f, "span:{plan_id}:{attempt}:{}-{}", segments.start, segments.end)
            }
            Self::Poster { plan_id } => write!(f, "poster:{plan_id}"),
            Self::Captions { plan_id, attempt } => write!(f, "captions:{plan_id}:{attempt}"),
            Self::ChosenPoster { plan_id, at_ms } => write!(f, "poster:{plan_id}:{at_ms}"),
            Self::Sidecars { plan_id } => write!(f, "sidecars:{plan_id}"),
        }
    }
}

/// A job in the hands of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub id: JobId,
    /// Whose film.
    pub video_id: VideoId,
    /// What is to be done.
    pub work: Work,
    /// How often it was begun, this time included; hand-backs do not count.
    pub attempts: i64,
    /// What a viewer waits for.
    pub demanded: Option<Demanded>,
    /// The right to write its results.
    pub lease: Lease,
}

/// A segment that a viewer waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demanded {
    /// On the plan's grid.
    pub segment: u32,
    /// As `video-720`.
    pub rendition: String,
}

/// What a job asks for, with all that it needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Probe the mezzanine and lay the plan.
    Plan,
    /// Make these segments of every rendition of the plan.
    Span {
        /// The plan.
        plan_id: PlanId,
        /// On its grid.
        segments: Range<u32>,
    },
    /// Take the posters of the plan that are not there: its own, and the one that the owner chose.
    Poster {
        /// The plan.
        plan_id: PlanId,
    },
    /// Make every track of captions of the plan.
    Captions {
        /// The plan.
        plan_id: PlanId,
    },
    /// Merge the plan's records into its sidecars.
    Sidecars {
        /// The plan.
        plan_id: PlanId,
    },
}

impl Work {
    /// As it is called in logs and measures.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Span { .. } => "span",
            Self::Poster { .. } => "poster",
            Self::Captions { .. } => "captions",
            Self::Sidecars { .. } => "sidecars",
        }
    }
}
