//! The words of the index that are near enough to those of a query.

use std::collections::BTreeMap;

use mutoscope_core::search::SearchField;
use tantivy::{
    Searcher, SegmentReader, Term,
    postings::TermInfo,
    query::{DfaWrapper, FuzzyTermQuery},
    termdict::TermDictionary,
};

use super::{error::IndexFault, fields::Fields};
use crate::{
    distance::edits,
    near::NearWords,
    query::{Query, QueryWord},
    rank::{Nearness, weight},
};

/// Of all words with the same beginning the most frequent are looked up, and of all that are a typo away the nearest.
const MAX_PREFIXED: usize = 128;
const MAX_MISSPELT: usize = 64;
/// A single letter begins many words: so many of them are looked at.
const MAX_SCANNED: usize = 20_000;

/// A word of a segment that is near a word of the query.
#[derive(Debug)]
pub struct Found {
    /// The field it is in, as numbered by [`crate::rank::SEARCHED`].
    pub field: SearchField,
    /// Where its documents are.
    pub info: TermInfo,
    /// How near.
    pub nearness: Nearness,
}

/// The near words of a query, in every segment.
#[derive(Debug)]
pub struct Expansion {
    /// By segment, then by word of the query.
    pub segments: Vec<Vec<Vec<Found>>>,
    /// The words themselves.
    pub near: NearWords,
    /// How much each word of the query weighs: rare ones weigh more.
    pub weights: Vec<u8>,
}

/// Looks the words of `query` up in `within`.
pub fn expand(
    searcher: &Searcher,
    fields: &Fields,
    query: &Query,
    within: &[SearchField],
) -> Result<Expansion, IndexFault> {
    let segments = searcher.segment_readers();
    let mut expansion = Expansion {
        segments: segments.iter().map(|_| Vec::with_capacity(query.words.len())).collect(),
        near: NearWords::of(query),
        weights: Vec::with_capacity(query.words.len()),
    };
    for (number, word) in query.words.iter().enumerate() {
        // An automaton takes a megabyte: there is never more than one word's.
        let automata = Automata::of(fields, word)?;
        let mut frequency = Frequency::default();
        for (segment, words) in segments.iter().zip(&mut expansion.segments) {
            let mut found = Vec::new();
            for &field in within {
                for (text, (nearness, info)) in look_up(segment, fields, field, word, &automata)? {
                    frequency.count(field, nearness, info.doc_freq);
                    expansion.near.note(text, number, nearness);
                    found.push(Found { field, info, nearness });
                }
            }
            words.push(found);
        }
        expansion.weights.push(frequency.weight(searcher.num_docs()));
    }
    Ok(expansion)
}

/// What accepts the misspellings of a word.
struct Automata {
    whole: Option<DfaWrapper>,
    beginning: Option<DfaWrapper>,
}

impl Automata {
    fn of(fields: &Fields, word: &QueryWord) -> Result<Self, IndexFault> {
        if word.max_edits == 0 {
            return Ok(Self { whole: None, beginning: None });
        }
        let term = Term::from_field_text(fields.searched(SearchField::Title), &word.text);
        let whole = FuzzyTermQuery::new(term.clone(), word.max_edits, true).automaton()?;
        let beginning = if word.is_prefix {
            Some(FuzzyTermQuery::new_prefix(term, word.max_edits, true).automaton()?)
        } else {
            None
        };
        Ok(Self { whole: Some(whole), beginning })
    }
}

type Near = BTreeMap<String, (Nearness, TermInfo)>;

fn look_up(
    segment: &SegmentReader,
    fields: &Fields,
    field: SearchField,
    word: &QueryWord,
    automata: &Automata,
) -> Result<Near, IndexFault> {
    let inverted = segment.inverted_index(fields.searched(field))?;
    let terms = inverted.terms();
    let mut near = Near::new();
    exact(terms, &word.text, Nearness::Exact, &mut near)?;
    if word.is_prefix {
        prefixed(terms, &word.text, &mut near)?;
    }
    for spelling in &word.spellings {
        let nearness = if spelling.is_exact { Nearness::Exact } else { Nearness::Prefix };
        exact(terms, &spelling.text, nearness, &mut near)?;
        if spelling.is_prefix {
            prefixed(terms, &spelling.text, &mut near)?;
        }
    }
    let mut misspelt = Near::new();
    for (automaton, is_prefix) in [(&automata.whole, false), (&automata.beginning, true)] {
        if let Some(automaton) = automaton {
            mistyped(terms, word, automaton, is_prefix, &mut misspelt)?;
        }
    }
    for (text, found) in nearest(misspelt, MAX_MISSPELT) {
        offer(&mut near, text, found);
    }
    Ok(near)
}

fn exact(terms: &TermDictionary, text: &str, nearness: Nearness, near: &mut Near) -> Result<(), IndexFault> {
    if let Some(info) = terms.get(text)? {
        offer(near, text.to_owned(), (nearness, info));
    }
    Ok(())
}

fn prefixed(terms: &TermDictionary, text: &str, near: &mut Near) -> Result<(), IndexFault> {
    let mut longer = Near::new();
    let mut stream = terms.range().gt(text).into_stream()?;
    let mut scanned = 0;
    while stream.advance() && stream.key().starts_with(text.as_bytes()) && scanned < MAX_SCANNED {
        scanned += 1;
        if let Some(found) = readable(stream.key()) {
            longer.insert(found, (Nearness::Prefix, stream.value().clone()));
        }
        // Kept small while a single letter is scanned.
        if longer.len() > 8 * MAX_PREFIXED {
            longer = nearest(longer, MAX_PREFIXED).into_iter().collect();
        }
    }
    for (text, found) in nearest(longer, MAX_PREFIXED) {
        offer(near, text, found);
    }
    Ok(())
}

fn mistyped(
    terms: &TermDictionary,
    word: &QueryWord,
    automaton: &DfaWrapper,
    is_prefix: bool,
    misspelt: &mut Near,
) -> Result<(), IndexFault> {
    let mut stream = terms.search(automaton).into_stream()?;
    while stream.advance() {
        let Some(text) = readable(stream.key()) else {
            continue;
        };
        let edits = match edits(&word.text, &text, word.max_edits, is_prefix) {
            // What is no typo was found before.
            None | Some(0) => continue,
            Some(edits) => edits,
        };
        let nearness =
            Nearness::Typo { edits, is_prefix, other_initial: text.chars().next() != word.text.chars().next() };
        offer(misspelt, text, (nearness, stream.value().clone()));
    }
    Ok(())
}

/// Keeps the nearer of two ways to a word.
fn offer(near: &mut Near, text: String, found: (Nearness, TermInfo)) {
    match near.get_mut(&text) {
        Some(known) if known.0 <= found.0 => {}
        Some(known) => *known = found,
        None => {
            near.insert(text, found);
        }
    }
}

/// The `count` nearest, frequent ones first among equals.
fn nearest(near: Near, count: usize) -> Vec<(String, (Nearness, TermInfo))> {
    let mut near: Vec<_> = near.into_iter().collect();
    near.sort_by(|(a, (a_near, a_info)), (b, (b_near, b_info))| {
        let frequent = b_info.doc_freq.cmp(&a_info.doc_freq);
        a_near.cmp(b_near).then(frequent).then_with(|| a.cmp(b))
    });
    near.truncate(count);
    near
}

fn readable(key: &[u8]) -> Option<String> {
    std::str::from_utf8(key).ok().map(str::to_owned)
}

/// How many documents have a word, at most counted twice where they have it in two forms.
#[derive(Debug, Clone, Copy, Default)]
struct Frequency {
    exact: [u64; 4],
    near: [u64; 4],
}

impl Frequency {
    fn count(&mut self, field: SearchField, nearness: Nearness, documents: u32) {
        let by_field = match nearness {
            Nearness::Exact => &mut self.exact,
            _ => &mut self.near,
        };
        by_field[field as usize] += u64::from(documents);
    }

    fn weight(&self, documents: u64) -> u8 {
        let exact = self.exact.iter().max().copied().unwrap_or(0);
        let near = self.near.iter().max().copied().unwrap_or(0);
        weight(documents, if exact > 0 { exact } else { near })
    }
}
