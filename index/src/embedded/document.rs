//! A video as a document of the index, and back.

use mutoscope_core::{
    id::VideoId,
    search::{SearchDocument, SearchField},
    time::UnixMs,
};
use serde::{Deserialize, Serialize};
use tantivy::{
    TantivyDocument, Term,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::{IndexRecordOption, OwnedValue, Value},
};
use uuid::Uuid;

use super::{error::IndexFault, fields::Fields};
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
}

/// Finds whatever there is of a video.
pub fn of_video(fields: &Fields, video_id: VideoId) -> Box<dyn Query> {
    let id = Term::from_field_bytes(fields.id, video_id.as_uuid().as_bytes());
    Box::new(TermQuery::new(id, IndexRecordOption::Basic))
}

/// Finds what there is of a video from other batches than this one.
pub fn older_than(fields: &Fields, video_id: VideoId, edition: Uuid) -> Box<dyn Query> {
    let edition = Term::from_field_bytes(fields.edition, edition.as_bytes());
    let edition: Box<dyn Query> = Box::new(TermQuery::new(edition, IndexRecordOption::Basic));
    Box::new(BooleanQuery::new(vec![(Occur::Must, of_video(fields, video_id)), (Occur::MustNot, edition)]))
}

/// The document of a video, as the batch `edition` brings it.
pub fn to_index(fields: &Fields, document: SearchDocument, edition: Uuid) -> Result<TantivyDocument, IndexFault> {
    let (high, low) = document.video_id.as_uuid().as_u64_pair();
    let favour = favour(document.published_at, document.views);
    let stored = StoredDocument {
        video_id: document.video_id,
        title: cut(document.title),
        tags: document.tags.into_iter().map(cut).collect(),
        channel: [document.channel_name, document.channel_handle].map(cut),
        description: cut(document.description),
    };
    let title_places = indexed_words(&stored.title).last().map_or(0, |word| u64::from(word.place) + 1);

    let mut made = TantivyDocument::new();
    made.add_bytes(fields.id, document.video_id.as_uuid().as_bytes());
    made.add_bytes(fields.edition, edition.as_bytes());
    made.add_u64(fields.id_high, high);
    made.add_u64(fields.id_low, low);
    made.add_u64(fields.favour, favour);
    made.add_u64(fields.title_places, title_places);
    for field in super::fields::SEARCHED {
        for text in stored.texts(field) {
            made.add_text(fields.searched(field), text);
        }
    }
    made.add_bytes(fields.stored, &serde_json::to_vec(&stored)?);
    Ok(made)
}

/// What [`to_index`] stored.
pub fn from_index(fields: &Fields, document: &TantivyDocument) -> Result<StoredDocument, IndexFault> {
    let value = document
        .get_first(fields.stored)
        .map(OwnedValue::from)
        .ok_or(IndexFault::Content("a document without its texts"))?;
    let bytes = (&value).as_bytes().ok_or(IndexFault::Content("a document whose texts are no bytes"))?;
    Ok(serde_json::from_slice(bytes)?)
}

/// The id that the two halves make up.
pub fn video_id(high: u64, low: u64) -> VideoId {
    VideoId::from_uuid(Uuid::from_u64_pair(high, low))
}

fn favour(published_at: UnixMs, views: i64) -> u64 {
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
