//! What search found, as clients see it.

use mutoscope_core::search;
use serde::Serialize;
use utoipa::ToSchema;

use super::Video;

/// A page of hits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchPage {
    /// Best first.
    pub hits: Vec<SearchHit>,
    /// Give it as `cursor` to get the next page; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// A video that matches.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchHit {
    /// The video.
    pub video: Video,
    /// Where it matches.
    pub highlights: Vec<Highlight>,
}

/// A text in which something matched.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Highlight {
    /// `title`, `tags`, `channel` or `description`.
    pub field: &'static str,
    /// Joined they are plain text, never markup.
    pub fragments: Vec<Fragment>,
}

/// A run of text that matched as a whole, or not at all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fragment {
    /// Plain text.
    pub text: String,
    /// To be emphasised.
    pub matched: bool,
}

/// What a person may want to search for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Suggestions {
    /// Best first.
    pub suggestions: Vec<Suggestion>,
}

/// One line of suggestions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Suggestion {
    /// Plain text.
    pub text: String,
}

impl From<search::Highlight> for Highlight {
    fn from(highlight: search::Highlight) -> Self {
        Self {
            field: highlight.field.as_str(),
            fragments: highlight
                .fragments
                .into_iter()
                .map(|fragment| Fragment { text: fragment.text, matched: fragment.matched })
                .collect(),
        }
    }
}
