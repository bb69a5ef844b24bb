//! Which words of documents are near which words of a query.

use std::collections::HashMap;

use crate::{
    distance::edits,
    query::{Query, QueryWord},
    rank::Nearness,
};

/// The words that are near those of a query, as far as they were met.
#[derive(Debug)]
pub struct NearWords {
    words: usize,
    by_text: HashMap<String, Vec<(usize, Nearness)>>,
}

impl NearWords {
    /// None yet for `query`.
    pub fn of(query: &Query) -> Self {
        Self { words: query.words.len(), by_text: HashMap::new() }
    }

    /// How many words the query has.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Which words of the query `text` is near to, by their number.
    pub fn of_word(&self, text: &str) -> &[(usize, Nearness)] {
        self.by_text.get(text).map_or(&[], Vec::as_slice)
    }

    /// Keeps that `text` is near the query's word `number`, by the nearest way.
    pub fn note(&mut self, text: String, number: usize, nearness: Nearness) {
        let known = self.by_text.entry(text).or_default();
        match known.iter_mut().find(|(word, _)| *word == number) {
            Some((_, best)) => *best = nearness.min(*best),
            None => known.push((number, nearness)),
        }
    }

    /// Compares `text` with every word of the query, unless it was met before.
    pub fn meet(&mut self, query: &Query, text: &str) {
        if self.by_text.contains_key(text) {
            return;
        }
        let found = query.words.iter().enumerate();
        let found = found.filter_map(|(number, word)| nearness(word, text).map(|nearness| (number, nearness)));
        self.by_text.insert(text.to_owned(), found.collect());
    }
}

/// How near `text` is to a word of a query; `None` where it is another word.
pub fn nearness(word: &QueryWord, text: &str) -> Option<Nearness> {
    let is_exact = text == word.text || word.spellings.iter().any(|other| other.is_exact && text == other.text);
    if is_exact {
        return Some(Nearness::Exact);
    }
    let is_prefix = (word.is_prefix && text.starts_with(&word.text))
        || word.spellings.iter().any(|other| text == other.text || (other.is_prefix && text.starts_with(&other.text)));
    if is_prefix {
        return Some(Nearness::Prefix);
    }
    let other_initial = text.chars().next() != word.text.chars().next();
    let typo = |is_prefix| {
        let edits = edits(&word.text, text, word.max_edits, is_prefix)?;
        Some(Nearness::Typo { edits, is_prefix, other_initial })
    };
    if word.max_edits == 0 {
        return None;
    }
    let beginning = if word.is_prefix { typo(true) } else { None };
    [typo(false), beginning].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_way_counts() {
        let query = Query::parse("red pandas");
        let near = |number: usize, text: &str| nearness(&query.words[number], text);
        assert_eq!(near(0, "red"), Some(Nearness::Exact));
        assert_eq!(near(0, "reds"), None, "only the last word may be unfinished");
        assert_eq!(near(1, "pandas"), Some(Nearness::Exact));
        assert_eq!(near(1, "pandastic"), Some(Nearness::Prefix));
        assert_eq!(near(0, "redpandas"), Some(Nearness::Prefix), "another spelling of both");
        let typo = Nearness::Typo { edits: 1, is_prefix: false, other_initial: false };
        assert_eq!(near(1, "panda"), Some(typo));
        assert_eq!(near(1, "bandas"), Some(Nearness::Typo { edits: 1, is_prefix: false, other_initial: true }));
        assert_eq!(near(1, "pnadastic"), Some(Nearness::Typo { edits: 1, is_prefix: true, other_initial: false }));
        assert_eq!(near(1, "elephant"), None);
    }

    #[test]
    fn a_word_is_compared_once() {
        let query = Query::parse("panda");
        let mut near = NearWords::of(&query);
        near.note("panda".to_owned(), 0, Nearness::Prefix);
        near.meet(&query, "panda");
        near.meet(&query, "pandas");
        near.meet(&query, "zebra");
        assert_eq!(near.of_word("panda"), [(0, Nearness::Prefix)]);
        assert_eq!(near.of_word("pandas"), [(0, Nearness::Prefix)]);
        assert!(near.of_word("zebra").is_empty() && near.of_word("unmet").is_empty());
    }
}
