//! A video as a document of the index, and back.

use mutoscope_core::{id::VideoId, search::SearchDocument};
use tantivy::{
    TantivyDocument, Term,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::{IndexRecordOption, OwnedValue, Value},
};
use uuid::Uuid;

use super::{error::IndexFault, fields::Fields};
use crate::{
    document::{StoredDocument, favour},
    rank::SEARCHED,
};

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
    let stored = StoredDocument::from(document);

    let mut made = TantivyDocument::new();
    made.add_bytes(fields.id, stored.video_id.as_uuid().as_bytes());
    made.add_bytes(fields.edition, edition.as_bytes());
    made.add_u64(fields.id_high, high);
    made.add_u64(fields.id_low, low);
    made.add_u64(fields.favour, favour);
    made.add_u64(fields.title_places, stored.title_places());
    for field in SEARCHED {
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
