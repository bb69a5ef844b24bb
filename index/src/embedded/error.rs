//! What can go wrong inside the embedded index, and what the port is told of it.

use mutoscope_core::search::SearchError;
use tantivy::{
    TantivyError,
    directory::error::{LockError, OpenReadError},
};

/// A fault of the embedded index.
#[derive(Debug, thiserror::Error)]
pub enum IndexFault {
    /// Tantivy's own.
    #[error("the index can't be used")]
    Tantivy(#[from] TantivyError),
    /// A file or folder of the index.
    #[error("the index folder can't be used")]
    Io(#[from] std::io::Error),
    /// A stored document or the payload of a commit is not what was written.
    #[error("the index holds what can't be read")]
    Json(#[from] serde_json::Error),
    /// The index holds something that this format does not.
    #[error("the index holds {0}")]
    Content(&'static str),
    /// A file of the index is not the one that was written.
    #[error("{0} files of the index are damaged or missing")]
    Files(usize),
    /// The index was written in another format.
    #[error("the index has another format")]
    Format,
    /// There is no index yet.
    #[error("there is no index yet")]
    Missing,
    /// A thread that read the index ended in a panic.
    #[error("reading the index failed")]
    Panicked,
    /// Another process holds the lock.
    #[error("another process holds the lock")]
    Locked,
    /// More searches run than this machine does at a time.
    #[error("too many searches at once")]
    Crowded,
    /// The index stands before the batch.
    #[error("the index stands at {0}, before the batch")]
    Moved(i64),
}

impl IndexFault {
    /// Whether it says that what lies on the disk can't be trusted.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Json(_) | Self::Content(_) | Self::Files(_) | Self::Format | Self::Missing => true,
            Self::Tantivy(error) => is_tantivy_damage(error),
            Self::Io(_) | Self::Panicked | Self::Locked | Self::Crowded | Self::Moved(_) => false,
        }
    }

    /// Whether it may come from damage that a look at the files would show.
    pub fn is_suspicious(&self) -> bool {
        match self {
            Self::Panicked | Self::Io(_) => true,
            Self::Tantivy(error) => !matches!(error, TantivyError::LockFailure(..)),
            _ => self.is_damage(),
        }
    }
}

impl From<IndexFault> for SearchError {
    fn from(fault: IndexFault) -> Self {
        match fault {
            IndexFault::Moved(position) => Self::Moved { position },
            IndexFault::Locked => Self::Busy,
            IndexFault::Tantivy(TantivyError::LockFailure(LockError::LockBusy, _)) => Self::Busy,
            IndexFault::Missing => Self::Damaged(None),
            IndexFault::Crowded => Self::Unavailable(None),
            fault if fault.is_damage() => Self::Damaged(Some(fault.into())),
            fault => Self::Unavailable(Some(fault.into())),
        }
    }
}

fn is_tantivy_damage(error: &TantivyError) -> bool {
    match error {
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_) | OpenReadError::IncompatibleIndex(_))
        | TantivyError::SchemaError(_)
        | TantivyError::FieldNotFound(_)
        | TantivyError::OpenDirectoryError(_)
        | TantivyError::DeserializeError(_) => true,
        TantivyError::IoError(error) => is_truncation(error.kind()),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => is_truncation(io_error.kind()),
        _ => false,
    }
}

/// What reading a file that lost its end, or whose bytes changed, is answered with.
fn is_truncation(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind;
    matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput)
}
