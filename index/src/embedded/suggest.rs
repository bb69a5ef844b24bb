//! What a person may be about to type: titles and tags of listed videos.

use std::collections::HashMap;

use mutoscope_core::search::{SearchField, Suggested};
use tantivy::{Searcher, TantivyDocument};

use super::{
    document::from_index,
    error::IndexFault,
    expand::expand,
    fields::Fields,
    highlight::covers,
    query::Query,
    score::{Wanted, best},
};
use crate::words::fold;

/// So many of the best videos are asked for their titles and tags.
const VIDEOS_ASKED: usize = 40;

/// A text that could be suggested; better ones are smaller.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    is_misspelt: bool,
    goes_on_elsewhere: bool,
    first_seen: usize,
}

/// Up to `limit` texts that go on from `prefix`: those that begin with it, then those that have its words, then those that
/// have words like them; in the order of their videos.
pub fn suggest(searcher: &Searcher, fields: &Fields, prefix: &str, limit: usize) -> Result<Vec<Suggested>, IndexFault> {
    let query = Query::parse(prefix);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let expansion = expand(searcher, fields, &query, &[SearchField::Title, SearchField::Tags])?;
    let wanted = Wanted { words_required: 1.max(query.words_required()), after: None, count: VIDEOS_ASKED };
    let typed = fold(prefix.trim_start());
    let mut known: HashMap<String, (Standing, Suggested)> = HashMap::new();
    for (_, address) in best(searcher, fields, &expansion, wanted)? {
        let document = from_index(fields, &searcher.doc::<TantivyDocument>(address)?)?;
        for text in std::iter::once(&document.title).chain(&document.tags) {
            let text = text.trim();
            let folded = fold(text);
            let Some(as_typed) = covers(text, &expansion) else {
                continue;
            };
            let standing = Standing {
                is_misspelt: !as_typed,
                goes_on_elsewhere: !folded.starts_with(&typed),
                first_seen: known.len(),
            };
            let (_, suggested) = known
                .entry(folded)
                .or_insert_with(|| (standing, Suggested { text: text.to_owned(), video_ids: Vec::new() }));
            if suggested.video_ids.last() != Some(&document.video_id) {
                suggested.video_ids.push(document.video_id);
            }
        }
    }
    let mut known: Vec<(Standing, Suggested)> = known.into_values().collect();
    // No two stand alike: each was first seen at a moment of its own.
    known.sort_by(|(one, _), (other, _)| one.cmp(other));
    known.truncate(limit);
    Ok(known.into_iter().map(|(_, suggested)| suggested).collect())
}
