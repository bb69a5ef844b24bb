//! What a person may be about to type: titles and tags of listed videos, in the order in which they are suggested.

use std::collections::HashMap;

use mutoscope_core::search::{SearchField, Suggested};

use crate::{document::StoredDocument, highlight::covers, near::NearWords, words::fold};

/// So many of the best videos are asked for their titles and tags.
pub const VIDEOS_ASKED: usize = 40;

/// Where the words of what was typed are looked for.
pub const SUGGESTED_FROM: [SearchField; 2] = [SearchField::Title, SearchField::Tags];

/// A text that could be suggested; better ones are smaller.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    is_misspelt: bool,
    goes_on_elsewhere: bool,
    first_seen: usize,
}

/// Texts that go on from what was typed: those that begin with it, then those that have its words, then those that have
/// words like them; in the order of their videos.
#[derive(Debug)]
pub struct Suggestions {
    typed: String,
    known: HashMap<String, (Standing, Suggested)>,
}

impl Suggestions {
    /// None yet for what was typed.
    pub fn of(typed: &str) -> Self {
        Self { typed: fold(typed.trim_start()), known: HashMap::new() }
    }

    /// Takes what there is in the next best video.
    pub fn take(&mut self, document: &StoredDocument, near: &NearWords) {
        for text in std::iter::once(&document.title).chain(&document.tags) {
            let text = text.trim();
            let folded = fold(text);
            let Some(as_typed) = covers(text, near) else {
                continue;
            };
            let standing = Standing {
                is_misspelt: !as_typed,
                goes_on_elsewhere: !folded.starts_with(&self.typed),
                first_seen: self.known.len(),
            };
            let (_, suggested) = self
                .known
                .entry(folded)
                .or_insert_with(|| (standing, Suggested { text: text.to_owned(), video_ids: Vec::new() }));
            if suggested.video_ids.last() != Some(&document.video_id) {
                suggested.video_ids.push(document.video_id);
            }
        }
    }

    /// The `limit` best.
    pub fn best(self, limit: usize) -> Vec<Suggested> {
        let mut known: Vec<(Standing, Suggested)> = self.known.into_values().collect();
        // No two stand alike: each was first seen at a moment of its own.
        known.sort_by(|(one, _), (other, _)| one.cmp(other));
        known.truncate(limit);
        known.into_iter().map(|(_, suggested)| suggested).collect()
    }
}
