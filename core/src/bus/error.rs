//! What can go wrong where events travel, by kind.

use crate::{db::DbError, error::ErrorKind};

/// An error of the event bus.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The rows behind it.
    #[error("the database behind the events")]
    Database(#[from] DbError),
    /// The service is not there, does not let us in, or does not do what it is asked.
    #[error("{doing}")]
    Service {
        /// What was tried.
        doing: &'static str,
        /// What became of it, in the service's words.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The events after this place are kept no longer.
    #[error("the events after place {after} are kept no longer")]
    Forgotten {
        /// The last place that was asked for.
        after: i64,
    },
    /// Others are too far ahead of a partition that gives nothing.
    #[error("a partition gives nothing, while too many events of others wait for it")]
    Stuck,
    /// The message of a dead letter is no event for this version either.
    #[error("the message still can't be read")]
    StillUnreadable(#[from] crate::event::Unreadable),
    /// The dead letter is not there, or not whole.
    #[error("the dead letter is not there any more, or its message is not whole")]
    NoLetter,
}

impl BusError {
    /// What a caller may do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) => error.kind(),
            Self::Service { .. } | Self::Stuck => ErrorKind::Unavailable,
            Self::Forgotten { .. } | Self::NoLetter => ErrorKind::NotFound,
            Self::StillUnreadable(_) => ErrorKind::Refused,
        }
    }
}
