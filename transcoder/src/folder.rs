//! A film into a folder that any web server can serve: the engine alone, without a platform around it.
//!
//! The same plan, the same media processes and the same check as on the platform. What is verified stays: a run that
//! was ended in any way is gone on with by the next one.

mod contents;
mod film;
mod report;
mod run;
mod sidecars;
mod units;

use std::{path::PathBuf, sync::Arc};

use mutoscope_core::media::RenditionName;

pub use report::{Report, ReportCaptions, ReportCarrying, ReportFile, ReportPlan, ReportRendition, ReportSegment};
pub use run::transcode;

use crate::{
    error::{MediaError, MediaErrorCode, MediaErrorKind, MediaWarning},
    limits::Limits,
    package::check::CheckError,
    plan::{EncodePlan, PlanSettings},
    record::RecordError,
    span::Progress,
};

/// What is to be done with a film.
#[derive(Debug, Clone)]
pub struct FolderSettings {
    /// The film.
    pub film: PathBuf,
    /// The folder; made where it is not there.
    pub out: PathBuf,
    pub plan: PlanSettings,
    pub limits: Limits,
    /// Segments a span; `None` for as many as suits the film. Never changes a byte.
    pub span: Option<u32>,
    /// Work units at a time: cores that are to be kept busy. Never changes a byte.
    pub jobs: usize,
    /// Which descriptions are written.
    pub playlists: Playlists,
    /// What to do with a folder that holds something else.
    pub other: OtherContents,
}

/// Which descriptions of the segments are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playlists {
    Both,
    Hls,
    Dash,
}

/// What to do with a folder that holds another film or another plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherContents {
    /// Leave it alone.
    Refuse,
    /// Take what an earlier run made of it away; files of others stay.
    Replace,
}

/// What happens while a film is made.
#[derive(Debug, Clone)]
pub enum FolderEvent {
    /// The plan stands; so many media segments are there from an earlier run.
    Planned { plan: Arc<EncodePlan>, kept: u64 },
    /// A segment is there: verified, under its name. `kept` was there before.
    Segment { rendition: RenditionName, index: u32, duration_us: u64, bytes: u64, kept: bool },
    /// How far one work unit is.
    Progress { first: u32, progress: Progress },
    /// Something to know about the film.
    Warning(MediaWarning),
}

/// Why the folder is not made.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The film can't be opened.
    #[error("the film can't be opened: {0}")]
    Film(#[source] std::io::Error),
    /// The folder holds something else.
    #[error("the folder holds {0}; give another folder, or --force to replace it")]
    Occupied(&'static str),
    /// The folder can't be read or written.
    #[error("{what} can't be written: {source}")]
    Write {
        /// Which file, below the folder.
        what: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The media process refused the film, or failed.
    #[error("{}", .0.message)]
    Media(#[from] MediaError),
    /// What came out of the media process is not as planned.
    #[error("a segment is not as planned")]
    Check(#[from] CheckError),
    /// The media process said it was done, and was not.
    #[error("{0} planned segments did not come")]
    Incomplete(u64),
    /// The plan or the report can't be written as JSON.
    #[error("the report can't be written")]
    Json(#[from] serde_json::Error),
    /// A record that was made and checked is not what it was.
    #[error("a record is not as planned")]
    Record(#[from] RecordError),
    /// A task of ours ended by itself.
    #[error("a task ended by itself")]
    Task(#[from] tokio::task::JoinError),
}

/// Who can do something about it: decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderErrorKind {
    Usage,
    InputRefused,
    Storage,
    Interrupted,
    Internal,
}

impl FolderError {
    /// Stable, in snake case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Film(_) => "film_unreadable",
            Self::Occupied(_) => "folder_occupied",
            Self::Write { .. } => "folder_unwritable",
            Self::Media(error) => error.code.as_str(),
            Self::Check(_) | Self::Incomplete(_) | Self::Json(_) | Self::Record(_) | Self::Task(_) => "media_internal",
        }
    }

    /// Who can do something about it.
    pub fn kind(&self) -> FolderErrorKind {
        match self {
            Self::Film(_) => FolderErrorKind::InputRefused,
            Self::Occupied(_) => FolderErrorKind::Usage,
            Self::Write { .. } => FolderErrorKind::Storage,
            Self::Media(error) => match error.kind() {
                _ if error.code == MediaErrorCode::EncoderMissing => FolderErrorKind::Usage,
                MediaErrorKind::InputRefused => FolderErrorKind::InputRefused,
                MediaErrorKind::Cancelled => FolderErrorKind::Interrupted,
                MediaErrorKind::Retryable | MediaErrorKind::Internal => FolderErrorKind::Internal,
            },
            Self::Check(_) | Self::Incomplete(_) | Self::Json(_) | Self::Record(_) | Self::Task(_) => {
                FolderErrorKind::Internal
            }
        }
    }
}
