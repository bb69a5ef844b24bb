//! The port of search: what every adapter answers, and how it is told what changed.

use async_trait::async_trait;

use crate::{error::ErrorKind, id::VideoId, time::UnixMs};

/// A query is cut to this many characters before it is read.
pub const MAX_QUERY_CHARS: usize = 256;

/// A query has at most this many words; the rest is left out.
pub const MAX_QUERY_WORDS: usize = 16;

/// A page has at most this many hits, a list of suggestions at most this many lines.
pub const MAX_LIMIT: usize = 100;

/// Finds public videos by words. Every adapter passes `mutoscope_index::suite`.
///
/// An index runs up to a second behind the database. Whoever shows a hit reads its row and asks [`crate::privacy`]:
/// what was hidden or deleted a moment ago must not be shown.
#[async_trait]
pub trait SearchBackend: Send + Sync + std::fmt::Debug {
    /// One page of hits, best first: by score, then by id, so that a cursor meets no hit twice and passes over none.
    ///
    /// # Errors
    /// [`SearchError::Cursor`] where the cursor is not one that this query gave, [`SearchError::Unavailable`] while
    /// there is no index that can answer.
    async fn search(&self, query: SearchQuery) -> Result<SearchPage, SearchError>;

    /// What a person who typed `prefix` may want to search for, best first, without doubles; empty for a blank prefix.
    async fn suggest(&self, prefix: &str, limit: usize) -> Result<Vec<Suggested>, SearchError>;

    /// Takes in the changes and the new place as one: both are kept, or neither. What it returns `Ok` for is visible to
    /// the next search. The same batch again changes nothing.
    ///
    /// # Errors
    /// [`SearchError::Moved`] where the index stands before `batch.after` (it was rebuilt meanwhile): ask for
    /// [`SearchBackend::position`] and read the log again from there.
    async fn apply(&self, batch: SearchBatch) -> Result<(), SearchError>;

    /// The place in the log up to which everything has been taken in; kept with the documents themselves.
    ///
    /// # Errors
    /// [`SearchError::Damaged`] where there is no index yet or it can't be trusted: rebuild it.
    async fn position(&self) -> Result<i64, SearchError>;

    /// Begins a new index beside the one that answers. It takes over when it is finished; dropped before, it leaves
    /// nothing behind.
    ///
    /// # Errors
    /// [`SearchError::Busy`] while another rebuild of the same index runs, in this process or in another.
    async fn rebuild(&self) -> Result<Box<dyn SearchRebuild>, SearchError>;

    /// Whether it can answer now, and what it holds. Looks for damage, too.
    async fn health(&self) -> Result<SearchHealth, SearchError>;
}

/// A new index in the making.
#[async_trait]
pub trait SearchRebuild: Send {
    /// Adds documents, each video once.
    async fn add(&mut self, documents: Vec<SearchDocument>) -> Result<(), SearchError>;

    /// Makes it the one that answers. `position` is the end of the log before the first row was read.
    async fn finish(self: Box<Self>, position: i64) -> Result<(), SearchError>;
}

/// What a person asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// As typed: any characters, any length.
    pub text: String,
    /// Hits wanted, 1 to [`MAX_LIMIT`]; others are brought into that range.
    pub limit: usize,
    /// [`SearchPage::next_cursor`] of the page before, for the same text.
    pub cursor: Option<String>,
}

/// A page of hits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Where the next page begins; `None` after the last hit.
    pub next_cursor: Option<String>,
}

/// A video that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The video.
    pub video_id: VideoId,
    /// Why it matches, best field first; at most one per field and tag.
    pub highlights: Vec<Highlight>,
}

/// A title or a tag that goes on from what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Plain text, as one of the videos has it.
    pub text: String,
    /// Videos with this title or tag, letter case and accents aside; at least one. Whoever shows the text asks whether
    /// one of them may still be shown and still has it.
    pub video_ids: Vec<VideoId>,
}

/// A text of the video in which something matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub field: SearchField,
    /// The text in order, cut around the match where it is long: joined, the fragments are plain text as it was written.
    pub fragments: Vec<Fragment>,
}

/// A run of text that matched as a whole, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Plain text, never markup.
    pub text: String,
    /// To be emphasised.
    pub matched: bool,
}

/// Where words are looked for, the weightiest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchField {
    /// The title.
    Title,
    /// One of the tags.
    Tags,
    /// The channel's name and handle.
    Channel,
    /// The description.
    Description,
}

impl SearchField {
    /// Its name in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Tags => "tags",
            Self::Channel => "channel",
            Self::Description => "description",
        }
    }
}

/// What an index holds of a listed video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDocument {
    /// The video.
    pub video_id: VideoId,
    /// Its title.
    pub title: String,
    /// Its description.
    pub description: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The owner's display name.
    pub channel_name: String,
    /// The owner's user name.
    pub channel_handle: String,
    /// When it first could be watched: newer ones come first among equals.
    pub published_at: UnixMs,
    /// How often it was watched when it was taken in: a weak hint, it may be old.
    pub views: i64,
}

/// One change of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchChange {
    /// The video is listed; this is all about it.
    Upsert(SearchDocument),
    /// The video is gone, or no longer listed.
    Delete(VideoId),
}

/// Changes that follow from a run of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchBatch {
    /// In order; a later change of the same video wins.
    pub changes: Vec<SearchChange>,
    /// The place from which the log was read: the run begins after it.
    pub after: i64,
    /// The place of the run's last event.
    pub position: i64,
}

/// What an index says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHealth {
    /// Videos in it.
    pub documents: u64,
    /// The place in the log up to which it has taken everything in.
    pub position: i64,
}

/// Why search can't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The cursor was not given by this query.
    #[error("the cursor does not belong to this search: ask for its first page again")]
    Cursor,
    /// The index stands at another place than the batch continues from.
    #[error("the index stands at {position}, before the batch")]
    Moved {
        /// Where it stands.
        position: i64,
    },
    /// Another rebuild of the same index runs.
    #[error("the index is being rebuilt already")]
    Busy,
    /// There is no index yet, or it can't be trusted: it has to be rebuilt.
    #[error("the index has to be rebuilt")]
    Damaged(#[source] Option<Cause>),
    /// It can't answer now; a later try may succeed.
    #[error("search can't answer right now: try again in a moment")]
    Unavailable(#[source] Option<Cause>),
    /// A fault of ours.
    #[error("search failed")]
    Internal(#[source] Cause),
}

/// What an adapter's library said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

impl SearchError {
    /// What a caller may do about it.
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::Cursor => ErrorKind::Refused,
            Self::Moved { .. } | Self::Busy => ErrorKind::Conflict,
            Self::Damaged(_) | Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Internal(_) => ErrorKind::Internal,
        }
    }

    /// Stable, from `schema/errors.json`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Cursor => "invalid_cursor",
            Self::Moved { .. } | Self::Busy => "search_busy",
            Self::Damaged(_) | Self::Unavailable(_) => "search_unavailable",
            Self::Internal(_) => "internal",
        }
    }
}
