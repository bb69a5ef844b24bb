//! The fields of an index in the service.
//!
//! Every searched field is a list of terms as [`crate::words`] cuts them, and beside it a list of all beginnings of these
//! terms: an unfinished word is a term of it, and one with a typo in its beginning is a fuzzy term of it, which no query
//! of the service could find otherwise.

use mutoscope_core::search::SearchField;
use serde_json::{Map, Value, json};

use crate::rank::SEARCHED;

/// Grows with every change of the fields or of how words are cut and folded; an index of another format is rebuilt.
pub const FORMAT: i64 = 1;

/// What a document is: a video, or the place of the index. What is left of a deleted video has none.
pub const KIND: &str = "kind";
pub const VIDEO: &str = "video";
/// Decides between equals.
pub const ID: &str = "id";
/// Newer and more watched ones have more of it.
pub const FAVOUR: &str = "favour";
/// What one word of the query counts for filling the title: less in a longer one.
pub const TITLE_SHARE: &str = "title_share";
/// Every two words that follow one another in the title, with a space between them.
pub const TITLE_PAIRS: &str = "title_pairs";
/// What highlights are cut from; not indexed.
pub const STORED: &str = "stored";

/// The field with the words of `field`.
pub const fn words(field: SearchField) -> &'static str {
    field.as_str()
}

/// The field with the beginnings of these words.
pub const fn beginnings(field: SearchField) -> &'static str {
    match field {
        SearchField::Title => "title_beginnings",
        SearchField::Tags => "tags_beginnings",
        SearchField::Channel => "channel_beginnings",
        SearchField::Description => "description_beginnings",
    }
}

/// What an index is made with. Shards and replicas are the service's own matter: an index template may set them.
pub fn index(writing_alias: &str) -> Value {
    // Only looked up: without the columns and lengths that sorting and scoring would need.
    let terms = json!({"type": "keyword", "doc_values": false});
    let column = |kind: &str| json!({"type": kind, "index": false, "doc_values": true});
    let mut properties = Map::new();
    for field in SEARCHED {
        properties.insert(words(field).to_owned(), terms.clone());
        properties.insert(beginnings(field).to_owned(), terms.clone());
    }
    properties.insert(TITLE_PAIRS.to_owned(), terms.clone());
    properties.insert(KIND.to_owned(), terms);
    properties.insert(ID.to_owned(), column("keyword"));
    properties.insert(FAVOUR.to_owned(), column("long"));
    properties.insert(TITLE_SHARE.to_owned(), column("integer"));
    properties.insert(STORED.to_owned(), json!({"type": "object", "enabled": false}));
    properties.insert("format".to_owned(), column("long"));
    properties.insert("position".to_owned(), column("long"));
    json!({
        "mappings": {
            "dynamic": "strict",
            "_source": {"includes": [STORED, "format", "position"]},
            "properties": properties,
        },
        "aliases": {writing_alias: {}},
    })
}

/// What the index of the lock is made with.
pub fn lock_index() -> Value {
    json!({"mappings": {"dynamic": false}})
}
