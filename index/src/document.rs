//! A video as an index holds it: the texts that highlights are cut from, and what orders it among its equals.

use mutoscope_core::{
    id::VideoId,
    search::{SearchDocument, SearchField},
    time::UnixMs,
};
use serde::{Deserialize, Serialize};

use crate::words::indexed_words;

/// Longer texts are indexed up to here; a title or description of the platform is shorter.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// A month of age weighs as much as halving the views twice.
const MONTH_MS: i64 = 30 * 86_400_000;
const POINTS_PER_MONTH: u64 = 2;

/// What highlights and suggestions are cut from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDocument {
    /// The video.
    pub video_id: VideoId,
    /// Its title.
    pub title: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The channel's display name, then its handle.
    pub channel: [String; 2],
    /// Its description.
    pub description: String,
}

impl StoredDocument {
    /// The texts of a field.
    pub fn texts(&self, field: SearchField) -> &[String] {
        match field {
            SearchField::Title => std::slice::from_ref(&self.title),
            SearchField::Tags => &self.tags,
            SearchField::Channel => &self.channel,
            SearchField::Description => std::slice::from_ref(&self.description),
        }
    }

    /// How many places the title has.
    pub fn title_places(&self) -> u64 {
        indexed_words(&self.title).last().map_or(0, |word| u64::from(word.place) + 1)
    }
}

impl From<SearchDocument> for StoredDocument {
    fn from(document: SearchDocument) -> Self {
        Self {
            video_id: document.video_id,
            title: cut(document.title),
            tags: document.tags.into_iter().map(cut).collect(),
            channel: [document.channel_name, document.channel_handle].map(cut),
            description: cut(document.description),
        }
    }
}

/// Orders documents that match equally well: newer and more watched ones have more of it.
pub fn favour(published_at: UnixMs, views: i64) -> u64 {
    let months = u64::try_from(published_at.0.div_euclid(MONTH_MS)).unwrap_or(0);
    let doublings = u64::from(u64::try_from(views).unwrap_or(0).saturating_add(1).ilog2());
    months * POINTS_PER_MONTH + doublings
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_and_more_watched_videos_are_favoured() {
        let day = |n: i64| UnixMs(n * 86_400_000);
        assert!(favour(day(400), 0) > favour(day(300), 0));
        assert!(favour(day(300), 100) > favour(day(300), 0));
        assert!(favour(day(800), 0) > favour(day(300), 100));
        assert_eq!(favour(UnixMs(-1), -1), 0);
    }
}
