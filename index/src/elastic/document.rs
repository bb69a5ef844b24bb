//! A video as a document of the service.

use std::collections::BTreeSet;

use mutoscope_core::search::SearchDocument;
use serde_json::{Map, Value, json};

use super::mapping::{FAVOUR, ID, KIND, STORED, TITLE_PAIRS, TITLE_SHARE, VIDEO, beginnings, words};
use crate::{
    document::{StoredDocument, favour},
    rank::{SEARCHED, WHOLE_TITLE},
    words::indexed_words,
};

/// The document of a video that is listed.
pub fn listed(document: SearchDocument) -> Result<Value, serde_json::Error> {
    let favour = favour(document.published_at, document.views);
    let stored = StoredDocument::from(document);
    let mut made = Map::new();
    for field in SEARCHED {
        let found: BTreeSet<String> =
            stored.texts(field).iter().flat_map(|text| indexed_words(text)).map(|placed| placed.word.text).collect();
        let begun: BTreeSet<&str> = found.iter().flat_map(|word| beginnings_of(word)).collect();
        made.insert(beginnings(field).to_owned(), json!(begun));
        made.insert(words(field).to_owned(), json!(found));
    }
    made.insert(TITLE_PAIRS.to_owned(), json!(pairs(&stored.title)));
    let places = stored.title_places().max(1);
    made.insert(TITLE_SHARE.to_owned(), json!(u64::from(WHOLE_TITLE) / places));
    made.insert(KIND.to_owned(), json!(VIDEO));
    made.insert(ID.to_owned(), json!(stored.video_id.to_string()));
    made.insert(FAVOUR.to_owned(), json!(favour));
    made.insert(STORED.to_owned(), serde_json::to_value(&stored)?);
    Ok(Value::Object(made))
}

/// What stays of a video that is gone, so that no late write brings it back: nothing that a search could meet.
pub fn gone() -> Value {
    json!({})
}

fn beginnings_of(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().map(|(at, letter)| &word[..at + letter.len_utf8()])
}

/// Two words of neighbouring places, as [`super::query`] looks them up.
pub fn pair(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

fn pairs(title: &str) -> BTreeSet<String> {
    let placed = indexed_words(title);
    let mut pairs = BTreeSet::new();
    for (i, first) in placed.iter().enumerate() {
        // Words are in the order of their places.
        let later = placed[i..].iter().take_while(|second| second.place <= first.place + 1);
        for second in later.filter(|second| second.place == first.place + 1) {
            pairs.insert(pair(&first.word.text, &second.word.text));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use mutoscope_core::{id::VideoId, time::UnixMs};

    use super::*;

    #[test]
    fn a_video_is_sent_as_the_terms_it_is_found_by() {
        let document = SearchDocument {
            video_id: VideoId::new(),
            title: "Wi-Fi été".to_owned(),
            description: String::new(),
            tags: vec!["Él".to_owned(), "el".to_owned()],
            channel_name: String::new(),
            channel_handle: String::new(),
            published_at: UnixMs(0),
            views: 1,
        };
        let made = listed(document).unwrap();
        assert_eq!(made["title"], json!(["ete", "fi", "wi", "wifi"]));
        assert_eq!(made["title_beginnings"], json!(["e", "et", "ete", "f", "fi", "w", "wi", "wif", "wifi"]));
        assert_eq!(made["title_pairs"], json!(["fi ete", "wi fi", "wifi fi"]));
        assert_eq!(made["tags"], json!(["el"]));
        assert_eq!(made["description"], json!([]));
        assert_eq!(made["title_share"], 6);
        assert_eq!(made["stored"]["title"], "Wi-Fi été");
    }
}
