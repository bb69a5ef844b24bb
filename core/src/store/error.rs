//! What can go wrong in the object store, by kind.

use crate::error::ErrorKind;

/// An error of [`super::MediaStore`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No object has this key.
    #[error("the object is not there")]
    NotFound,
    /// The range lies outside the object.
    #[error("the range lies outside the object")]
    OutOfRange,
    /// What was read back is not what was written.
    #[error("the stored bytes are not those that were written")]
    Altered,
    /// The settings can't be used.
    #[error("the storage settings are not usable: {0}")]
    Settings(String),
    /// The disk has no room left.
    #[error("the storage is full")]
    Full(#[source] object_store::Error),
    /// The disk or the service does not answer as it should.
    #[error("the storage does not answer as it should")]
    Unavailable(#[source] object_store::Error),
}

impl StoreError {
    /// What a caller may do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound => ErrorKind::NotFound,
            Self::OutOfRange | Self::Settings(_) => ErrorKind::Refused,
            Self::Altered => ErrorKind::Internal,
            Self::Full(_) => ErrorKind::Full,
            Self::Unavailable(_) => ErrorKind::Unavailable,
        }
    }
}

impl From<object_store::Error> for StoreError {
    fn from(source: object_store::Error) -> Self {
        match source {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other if is_full(&other) => Self::Full(other),
            other => Self::Unavailable(other),
        }
    }
}

/// Whether the system says somewhere among the causes that there is no room.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};

    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| matches!(io.kind(), StorageFull | QuotaExceeded))
    })
}
