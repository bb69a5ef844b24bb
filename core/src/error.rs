//! What callers may do about an error: every error of the workspace has one of these kinds.

use serde::{Deserialize, Serialize};

/// The kind decides status, exit code and whether a retry can help; nobody matches on text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// What was asked for is not there, or the caller may not know that it is.
    NotFound,
    /// It contradicts what is there already.
    Conflict,
    /// The input can never be accepted as it is.
    Refused,
    /// A service, a disk or a peer is not there now; a later try may succeed.
    Unavailable,
    /// There is no room left; a later try may succeed once somebody has made some.
    Full,
    /// The caller stopped it.
    Cancelled,
    /// A fault of ours.
    Internal,
}

impl ErrorKind {
    /// Whether the same call may succeed later without anyone changing it.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Unavailable | Self::Full)
    }
}
