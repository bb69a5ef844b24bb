//! Suggestions from the embedded index.

use mutoscope_core::search::Suggested;
use tantivy::{Searcher, TantivyDocument};

use super::{
    document::from_index,
    error::IndexFault,
    expand::expand,
    fields::Fields,
    score::{Wanted, best},
};
use crate::{
    query::Query,
    suggestions::{SUGGESTED_FROM, Suggestions, VIDEOS_ASKED},
};

/// Up to `limit` texts that go on from `prefix`.
pub fn suggest(searcher: &Searcher, fields: &Fields, prefix: &str, limit: usize) -> Result<Vec<Suggested>, IndexFault> {
    let query = Query::parse(prefix);
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let expansion = expand(searcher, fields, &query, &SUGGESTED_FROM)?;
    let wanted = Wanted { words_required: query.words_required(), after: None, count: VIDEOS_ASKED };
    let mut suggestions = Suggestions::of(prefix);
    for (_, address) in best(searcher, fields, &expansion, wanted)? {
        let document = from_index(fields, &searcher.doc::<TantivyDocument>(address)?)?;
        suggestions.take(&document, &expansion.near);
    }
    Ok(suggestions.best(limit))
}
