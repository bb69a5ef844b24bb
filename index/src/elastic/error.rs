//! What can go wrong between us and the service, and what the port is told of it.

use mutoscope_core::search::SearchError;

/// A fault of the adapter.
#[derive(Debug, thiserror::Error)]
pub enum ElasticFault {
    /// It did not answer, or not in time.
    #[error("the search service does not answer")]
    Away(#[source] reqwest::Error),
    /// It answers that it can't now.
    #[error("the search service answers {status} ({kind})")]
    Unable {
        /// The HTTP status.
        status: u16,
        /// What it calls the reason.
        kind: String,
    },
    /// It does not know us, or does not let us.
    #[error("the search service refuses our user or its rights ({0})")]
    Login(u16),
    /// It refuses a request that it should understand.
    #[error("the search service refuses a request with {status} ({kind}): {reason}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it calls the reason.
        kind: String,
        /// The reason in words.
        reason: String,
    },
    /// What it answered is not what such a service answers.
    #[error("the search service's answer is not understood: {0}")]
    Answer(&'static str),
    /// What it answered is no JSON of the expected shape.
    #[error("the search service's answer can't be read")]
    Json(#[from] serde_json::Error),
    /// It is too old, or another service.
    #[error("the search service is {0}; Elasticsearch 7.10 or OpenSearch 1.0 is the oldest that will do")]
    Version(String),
    /// Only a part of the index answered.
    #[error("{0} shards of the search index did not answer")]
    Shards(u64),
    /// There is no index yet.
    #[error("there is no index yet")]
    NoIndex,
    /// The index is not one that we made.
    #[error("the index {0}")]
    Content(&'static str),
    /// Somebody else changed it first.
    #[error("somebody else writes the search index at the same time")]
    Conflict,
    /// Somebody makes a new index.
    #[error("the index is being rebuilt already")]
    Busy,
    /// The index stands before the batch.
    #[error("the index stands at {0}, before the batch")]
    Moved(i64),
    /// More searches run than one process starts at a time.
    #[error("too many searches at once")]
    Crowded,
    /// A draft was used after it failed.
    #[error("the new index was given up")]
    GivenUp,
}

impl From<ElasticFault> for SearchError {
    fn from(fault: ElasticFault) -> Self {
        match fault {
            ElasticFault::Moved(position) => Self::Moved { position },
            ElasticFault::Busy => Self::Busy,
            ElasticFault::NoIndex => Self::Damaged(None),
            ElasticFault::Content(_) => Self::Damaged(Some(fault.into())),
            ElasticFault::Refused { .. } => Self::Internal(fault.into()),
            fault => Self::Unavailable(Some(fault.into())),
        }
    }
}
