//! What can go wrong between the database and an index.

use mutoscope_core::{bus::BusError, db::DbError, error::ErrorKind, search::SearchError};

/// An error of the consumer or of a rebuild.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database's part.
    #[error("the database could not be read for search")]
    Database(#[from] DbError),
    /// The events' part.
    #[error("the events for search can't be read")]
    Events(#[from] BusError),
    /// The index's part.
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl IndexError {
    /// What a caller may do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(error) => error.kind(),
            Self::Events(error) => error.kind(),
            Self::Search(error) => error.kind(),
        }
    }
}
