//! How a job can end other than well.

use mutoscope_core::{db::DbError, store::StoreError};

use crate::{error::MediaError, publish::PublishError};

/// Why a job is not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobError {
    /// The role stops; the job is handed back.
    #[error("the worker stops")]
    Stopped,
    /// The lease is somebody else's, or the job is gone with its video; nothing may be written.
    #[error("the lease is lost")]
    Lost,
    /// The media process says no.
    #[error("the media process failed")]
    Media(#[from] MediaError),
    /// The film's bytes could not be read.
    #[error("the mezzanine could not be read")]
    Source(#[source] StoreError),
    /// An output could not be published.
    #[error("what was made could not be published")]
    Publish(#[source] PublishError),
    /// The database refused.
    #[error("the database refused")]
    Db(#[source] DbError),
    /// The stored plan is none.
    #[error("the stored plan can't be read")]
    PlanBody(#[source] serde_json::Error),
    /// The media process said it was done, and was not.
    #[error("{0} planned segments did not come")]
    Incomplete(usize),
    /// It was begun too often without an end: something about it ends its workers.
    #[error("the job was begun too often")]
    Exhausted,
}

impl From<DbError> for JobError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::LeaseLost => Self::Lost,
            other => Self::Db(other),
        }
    }
}

impl From<PublishError> for JobError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Db(error) => error.into(),
            other => Self::Publish(other),
        }
    }
}
