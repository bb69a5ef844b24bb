//! A search from its text to its page.

use mutoscope_core::search::{Hit, MAX_LIMIT, SearchPage, SearchQuery};
use tantivy::{Searcher, TantivyDocument};

use super::{
    document::from_index,
    error::IndexFault,
    expand::expand,
    fields::Fields,
    score::{Wanted, best},
};
use crate::{cursor::Cursor, highlight::highlights, query::Query, rank::SEARCHED};

/// The answer to a search; `None` where its cursor is not one of its own.
pub fn find(searcher: &Searcher, fields: &Fields, wanted: &SearchQuery) -> Result<Option<SearchPage>, IndexFault> {
    let query = Query::parse(&wanted.text);
    let Ok(cursor) = Cursor::handed_back(wanted, &query) else { return Ok(None) };
    if query.is_empty() {
        return Ok(Some(SearchPage::default()));
    }
    let limit = wanted.limit.clamp(1, MAX_LIMIT);
    let mut expansion = expand(searcher, fields, &query, &SEARCHED)?;
    if let Some(cursor) = &cursor {
        expansion.weights.clone_from(&cursor.weights);
    }
    // One more than is shown tells whether there is a next page.
    let mut found = best(
        searcher,
        fields,
        &expansion,
        Wanted { words_required: query.words_required(), after: cursor.map(|cursor| cursor.after), count: limit + 1 },
    )?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = match found.last() {
        Some((rank, _)) if has_more => {
            let cursor = Cursor { after: *rank, weights: expansion.weights.clone() };
            Some(cursor.to_text(&query))
        }
        _ => None,
    };
    let mut hits = Vec::with_capacity(found.len());
    for (rank, address) in found {
        let document = from_index(fields, &searcher.doc::<TantivyDocument>(address)?)?;
        hits.push(Hit { video_id: rank.id, highlights: highlights(&document, &expansion.near) });
    }
    Ok(Some(SearchPage { hits, next_cursor }))
}
