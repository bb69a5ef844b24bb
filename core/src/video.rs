//! Words of a video: who may see it, how far it is, why it failed.

use serde::{Deserialize, Serialize};

use crate::time::UnixMs;

/// Who may see a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Privacy {
    /// Everyone; listed and searchable.
    Public,
    /// Whoever knows the address; never listed.
    Unlisted,
    /// Its owner, and administrators.
    Private,
}

/// How far a video is: computed from its upload, its plan and the segments that exist, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoState {
    /// Parts are still coming in.
    Uploading,
    /// The mezzanine is whole; no plan stands yet.
    Queued,
    /// A plan stands; some of its segments do not exist yet. It can be watched.
    Processing,
    /// Every planned segment exists.
    Ready,
    /// It can't be made; `failure` says why.
    Failed,
}

/// The facts that a state follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoFacts {
    /// When the last part was confirmed.
    pub completed_at: Option<UnixMs>,
    /// When it was given up, until it is tried again.
    pub failed_at: Option<UnixMs>,
    /// How many segments the current plan asks for; `None` without a plan.
    pub segments_planned: Option<i64>,
    /// How many of them exist.
    pub segments_made: i64,
}

impl VideoFacts {
    /// The state that these facts amount to.
    pub fn state(&self) -> VideoState {
        if self.completed_at.is_none() {
            return VideoState::Uploading;
        }
        if self.failed_at.is_some() {
            return VideoState::Failed;
        }
        match self.segments_planned {
            None => VideoState::Queued,
            Some(planned) if self.segments_made < planned => VideoState::Processing,
            Some(_) => VideoState::Ready,
        }
    }

    /// The share of the planned segments that exist, 0 to 1; 0 without a plan.
    pub fn progress(&self) -> f64 {
        match self.segments_planned {
            Some(planned) if planned > 0 => (self.segments_made as f64 / planned as f64).clamp(0.0, 1.0),
            _ => 0.0,
        }
    }
}

/// Why a video can't be made, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable, from `schema/errors.json`.
    pub code: String,
    /// A sentence that tells a person what to do.
    pub message: String,
}

/// Something the owner should know about a video that plays all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Stable, from `schema/errors.json`.
    pub code: String,
    /// A sentence for a person.
    pub message: String,
    /// Where in the film, in milliseconds from its start; `None` for the whole film.
    pub at_ms: Option<i64>,
}

/// What is made beside a film's renditions. A film plays without it; where it is given up, its owner is told by a warning,
/// and asking for the video again asks for it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// The tracks of captions.
    Captions,
    /// Storyboard, scene changes, loudness.
    Sidecars,
    /// The poster, the plan's own or the one that the owner chose.
    Poster,
}

impl Beside {
    /// All of it.
    pub const ALL: [Self; 3] = [Self::Captions, Self::Sidecars, Self::Poster];

    /// The code of the warning where it was given up, from `schema/errors.json`.
    pub const fn missing_code(self) -> &'static str {
        match self {
            Self::Captions => "captions_missing",
            Self::Sidecars => "sidecars_missing",
            Self::Poster => "poster_missing",
        }
    }
}

impl Warning {
    /// What is missing where that is what the warning says; a retry asks for it again.
    pub fn missing(&self) -> Option<Beside> {
        Beside::ALL.into_iter().find(|beside| beside.missing_code() == self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: VideoFacts =
        VideoFacts { completed_at: Some(UnixMs(1)), failed_at: None, segments_planned: Some(4), segments_made: 4 };

    #[test]
    fn a_state_follows_from_the_facts() {
        assert_eq!(DONE.state(), VideoState::Ready);
        assert_eq!(VideoFacts { segments_made: 3, ..DONE }.state(), VideoState::Processing);
        assert_eq!(VideoFacts { segments_planned: None, ..DONE }.state(), VideoState::Queued);
        assert_eq!(VideoFacts { failed_at: Some(UnixMs(2)), ..DONE }.state(), VideoState::Failed);
        assert_eq!(VideoFacts { completed_at: None, ..DONE }.state(), VideoState::Uploading);
    }

    #[test]
    fn progress_is_the_share_of_segments_that_exist() {
        assert_eq!(VideoFacts { segments_made: 1, ..DONE }.progress(), 0.25);
        assert_eq!(VideoFacts { segments_planned: None, ..DONE }.progress(), 0.0);
    }
}
