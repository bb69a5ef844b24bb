//! Why a video matches: its own texts, with the words that did set apart.

use std::{collections::HashSet, ops::Range};

use mutoscope_core::search::{Fragment, Highlight, SearchField};

use crate::{
    document::StoredDocument,
    near::NearWords,
    query::Query,
    rank::{Nearness, SEARCHED},
    words::indexed_words,
};

/// Of a long text this much is shown around what matched, and this much is looked through.
const SHOWN_BYTES: usize = 240;
const READ_BYTES: usize = 16 * 1024;
/// Read before the first match.
const LEAD_BYTES: usize = 60;

/// A word of the document that is near one of the query.
struct Match {
    word: usize,
    nearness: Nearness,
    bytes: Range<usize>,
}

/// The texts of the document in which something matched, the weightiest field first.
pub fn highlights(document: &StoredDocument, near: &NearWords) -> Vec<Highlight> {
    let mut texts: Vec<(SearchField, &str, Vec<Match>)> = Vec::new();
    for field in SEARCHED {
        for text in document.texts(field) {
            let found = matches(text, near);
            // Display name and handle are mostly the same.
            let is_repeated =
                field == SearchField::Channel && texts.last().is_some_and(|(last, ..)| *last == SearchField::Channel);
            if !found.is_empty() && !is_repeated {
                texts.push((field, text, found));
            }
        }
    }
    // Where a word is there as it was typed, what merely resembles it is not why the video was found.
    let typed: HashSet<usize> = texts
        .iter()
        .flat_map(|(.., found)| found)
        .filter(|found| found.nearness <= Nearness::Prefix)
        .map(|found| found.word)
        .collect();
    let mut highlights = Vec::new();
    for (field, text, mut found) in texts {
        found.retain(|found| found.nearness <= Nearness::Prefix || !typed.contains(&found.word));
        if found.is_empty() {
            continue;
        }
        let shown = shown(text, &found);
        highlights.push(Highlight { field, fragments: fragments(text, shown, &merged(&found)) });
    }
    highlights
}

/// Compares all words that highlights of these fields are made of with those of the query.
pub fn meet(document: &StoredDocument, within: &[SearchField], query: &Query, near: &mut NearWords) {
    for text in within.iter().flat_map(|field| document.texts(*field)) {
        for placed in indexed_words(read(text)) {
            near.meet(query, &placed.word.text);
        }
    }
}

/// Whether every word of the query is near one of `text`, and whether all of them are there as typed.
pub fn covers(text: &str, near: &NearWords) -> Option<bool> {
    let found = matches(text, near);
    let nearest = |word| {
        let of_word = found.iter().filter(|found| found.word == word);
        of_word.map(|found| found.nearness).min()
    };
    let nearest: Option<Vec<Nearness>> = (0..near.words()).map(nearest).collect();
    nearest.map(|all| all.iter().all(|nearness| *nearness <= Nearness::Prefix))
}

fn matches(text: &str, near: &NearWords) -> Vec<Match> {
    let mut found = Vec::new();
    for placed in indexed_words(read(text)) {
        for (word, nearness) in near.of_word(&placed.word.text) {
            found.push(Match { word: *word, nearness: *nearness, bytes: placed.word.bytes.clone() });
        }
    }
    found
}

/// As much of a text as is looked through.
fn read(text: &str) -> &str {
    &text[..text.floor_char_boundary(READ_BYTES)]
}

/// The ranges that matched, in order, none touching another.
fn merged(found: &[Match]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = found.iter().map(|found| found.bytes.clone()).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The part of a long text that has most words of the query, cut where words end.
fn shown(text: &str, found: &[Match]) -> Range<usize> {
    if text.len() <= SHOWN_BYTES {
        return 0..text.len();
    }
    let begins = |first: &Match| first.bytes.start.saturating_sub(LEAD_BYTES);
    let words_from = |start: usize| {
        let inside = found.iter().filter(|found| found.bytes.start >= start && found.bytes.end <= start + SHOWN_BYTES);
        inside.map(|found| found.word).collect::<HashSet<_>>().len()
    };
    // A text that is all matches is judged by its first ones.
    let starts = found.iter().take(200).map(begins);
    let start = starts.max_by_key(|start| (words_from(*start), std::cmp::Reverse(*start))).unwrap_or(0);
    let end = (start + SHOWN_BYTES).min(text.len());
    cut_before(text, start)..cut_after(text, end)
}

/// The nearest start of a word from `at` on, not far away.
fn cut_before(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    if at == 0 {
        return 0;
    }
    let near = &text[at..text.floor_char_boundary(at + LEAD_BYTES / 2)];
    match near.find(char::is_whitespace) {
        Some(space) => at + text[at + space..].len() - text[at + space..].trim_start().len() + space,
        None => at,
    }
}

/// The nearest end of a word before `at`, not far away.
fn cut_after(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    if at == text.len() {
        return at;
    }
    let from = text.floor_char_boundary(at.saturating_sub(LEAD_BYTES / 2));
    match text[from..at].rfind(char::is_whitespace) {
        Some(space) => text[..from + space].trim_end().len(),
        None => at,
    }
}

fn fragments(text: &str, shown: Range<usize>, matched: &[Range<usize>]) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    let mut push = |text: &str, matched: bool| {
        if !text.is_empty() {
            fragments.push(Fragment { text: text.to_owned(), matched });
        }
    };
    let mut at = shown.start;
    for range in matched {
        let range = range.start.max(shown.start)..range.end.min(shown.end);
        if range.start >= range.end {
            continue;
        }
        push(&text[at..range.start], false);
        push(&text[range.clone()], true);
        at = range.end;
    }
    push(&text[at..shown.end], false);
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(words: &[(&str, usize, Nearness)]) -> NearWords {
        let count = words.iter().map(|(_, word, _)| word + 1).max().unwrap_or(0);
        let mut near = NearWords::of(&Query::parse(&"word ".repeat(count)));
        for (text, word, nearness) in words {
            near.note((*text).to_owned(), *word, *nearness);
        }
        near
    }

    fn document(title: &str, description: &str) -> StoredDocument {
        StoredDocument {
            video_id: mutoscope_core::id::VideoId::new(),
            title: title.to_owned(),
            tags: vec!["Café".to_owned(), "tea".to_owned()],
            channel: ["Café Noir".to_owned(), "cafenoir".to_owned()],
            description: description.to_owned(),
        }
    }

    fn marked(highlight: &Highlight) -> String {
        let marks = highlight.fragments.iter().map(|fragment| match fragment.matched {
            true => format!("[{}]", fragment.text),
            false => fragment.text.clone(),
        });
        marks.collect()
    }

    #[test]
    fn texts_are_shown_as_they_were_written() {
        let near = near(&[("cafe", 0, Nearness::Exact), ("東京", 0, Nearness::Exact), ("京都", 0, Nearness::Exact)]);
        let found = highlights(&document("Un CAFÉ, 東京都!", "nothing"), &near);
        let texts: Vec<String> = found.iter().map(marked).collect();
        assert_eq!(texts, ["Un [CAFÉ], [東京都]!", "[Café]", "[Café] Noir"]);
        assert_eq!(found[1].field, SearchField::Tags);
    }

    #[test]
    fn what_resembles_a_word_is_shown_only_where_the_word_is_not() {
        let typo = Nearness::Typo { edits: 1, is_prefix: false, other_initial: false };
        let near = near(&[("rust", 0, Nearness::Exact), ("rest", 0, typo)]);
        let found = highlights(&document("Rust", "the rest of it"), &near);
        assert_eq!(found.len(), 1);
        let found = highlights(&document("Trust", "the rest of it"), &near);
        assert_eq!(marked(&found[0]), "the [rest] of it");
    }

    #[test]
    fn long_texts_are_cut_around_what_matched() {
        let long = format!("{}needle and thread {}", "hay ".repeat(500), "höy ".repeat(500));
        let near = near(&[("needle", 0, Nearness::Exact)]);
        let found = highlights(&document("t", &long), &near);
        let text: String = found[0].fragments.iter().map(|f| f.text.as_str()).collect();
        assert!(long.contains(&text) && text.len() <= SHOWN_BYTES + 4, "{text}");
        assert!(text.starts_with("hay") && text.ends_with("höy"), "{text}");
        let endless = "ü".repeat(10_000);
        let near = self::near(&[(&"u".repeat(64), 0, Nearness::Exact)]);
        assert!(!highlights(&document("t", &endless), &near).is_empty());
    }
}
