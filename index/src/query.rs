//! What a person typed, as words to look for. It is text, never a query language.

use mutoscope_core::search::{MAX_QUERY_CHARS, MAX_QUERY_WORDS};

use crate::words::{Piece, Word, pair, pieces};

/// A query that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// In the order they were typed; the last one may be unfinished.
    pub words: Vec<QueryWord>,
}

/// A word that a document should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// Folded.
    pub text: String,
    /// Longer words that begin with it match, too.
    pub is_prefix: bool,
    /// How many edits a word may be away.
    pub max_edits: u8,
    /// Other spellings, which count as this word.
    pub spellings: Vec<Spelling>,
}

/// Another way to write a word, together with its neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// Folded.
    pub text: String,
    /// Longer words that begin with it match, too.
    pub is_prefix: bool,
    /// It was typed like this; otherwise it is a guess.
    pub is_exact: bool,
}

impl Query {
    /// Reads any text.
    pub fn parse(text: &str) -> Self {
        let text: String = text.chars().take(MAX_QUERY_CHARS).collect();
        let mut words = Vec::new();
        // Where a compound ends, the next word does not lean on it.
        let mut stands_alone = Vec::new();
        let mut is_unfinished = false;
        for piece in pieces(&text) {
            let before = words.len();
            is_unfinished = matches!(piece, Piece::Compound { .. });
            match piece {
                Piece::Compound { parts, joined } => push_compound(&mut words, parts, joined),
                Piece::Run(characters) => push_run(&mut words, &characters),
            }
            let is_plain = words.len() == before + 1 && words[before].spellings.is_empty();
            stands_alone.extend((before..words.len()).map(|_| is_plain));
        }
        is_unfinished &= words.len() <= MAX_QUERY_WORDS;
        words.truncate(MAX_QUERY_WORDS);
        if let Some(last) = words.last_mut().filter(|_| is_unfinished) {
            last.is_prefix = true;
            for spelling in &mut last.spellings {
                spelling.is_prefix = true;
            }
        }
        for i in 1..words.len() {
            if stands_alone[i - 1] && stands_alone[i] {
                lean_on_one_another(&mut words, i - 1);
            }
        }
        Self { words }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How many of its words a document has to have to be shown at all.
    pub fn words_required(&self) -> usize {
        (self.words.len() / 2).max(1)
    }

    /// The same for queries that mean the same.
    pub fn normal_form(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// How many edits are forgiven: a short word has too many neighbours, and another number is another thing.
fn max_edits(word: &str) -> u8 {
    if word.chars().any(char::is_numeric) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

fn plain(text: String) -> QueryWord {
    QueryWord { max_edits: max_edits(&text), text, is_prefix: false, spellings: Vec::new() }
}

fn push_compound(words: &mut Vec<QueryWord>, parts: Vec<Word>, joined: Option<Word>) {
    // C++ is the word, C only resembles it.
    if let ([part], Some(joined)) = (parts.as_slice(), &joined) {
        words.push(QueryWord { spellings: vec![guess(part.text.clone())], ..plain(joined.text.clone()) });
        return;
    }
    let (parts, whole) = match (parts.as_slice(), joined) {
        ([only], None) => match letters_and_digits(&only.text) {
            Some((letters, digits)) => (vec![letters, digits], Some(only.text.clone())),
            None => (vec![only.text.clone()], None),
        },
        (_, joined) => (parts.into_iter().map(|part| part.text).collect(), joined.map(|word| word.text)),
    };
    for part in parts {
        let spellings = whole.iter().map(|whole| Spelling { text: whole.clone(), is_prefix: false, is_exact: true });
        words.push(QueryWord { spellings: spellings.collect(), ..plain(part) });
    }
}

/// `iphone15` may be written `iPhone 15`; `mp4` and `h264` stay whole.
fn letters_and_digits(word: &str) -> Option<(String, String)> {
    let digits_at = word.find(|c: char| c.is_numeric())?;
    let (letters, digits) = word.split_at(digits_at);
    let is_split = letters.chars().count() >= 2 && digits.chars().count() >= 2 && digits.chars().all(char::is_numeric);
    is_split.then(|| (letters.to_owned(), digits.to_owned()))
}

fn push_run(words: &mut Vec<QueryWord>, characters: &[Word]) {
    let exact = |text| QueryWord { max_edits: 0, ..plain(text) };
    match characters {
        [only] => words.push(exact(only.text.clone())),
        _ => words.extend(characters.windows(2).map(|two| exact(pair(&two[0], &two[1]).text))),
    }
}

/// `note book` may be written `notebook`.
fn lean_on_one_another(words: &mut [QueryWord], first: usize) {
    let is_prefix = words[first + 1].is_prefix;
    let text = format!("{}{}", words[first].text, words[first + 1].text);
    for word in &mut words[first..=first + 1] {
        word.spellings.push(Spelling { is_prefix, ..guess(text.clone()) });
    }
}

fn guess(text: String) -> Spelling {
    Spelling { text, is_prefix: false, is_exact: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        Query::parse(text).words.into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn the_last_word_may_be_unfinished() {
        let query = Query::parse("Red Pan");
        assert_eq!(texts("Red Pan"), ["red", "pan"]);
        assert!(!query.words[0].is_prefix);
        assert!(query.words[1].is_prefix);
    }

    #[test]
    fn longer_words_forgive_more() {
        let edits = |text: &str| Query::parse(text).words[0].max_edits;
        assert_eq!(["cat", "cats", "kittens", "elephant", "2024"].map(edits), [0, 1, 1, 2, 0]);
    }

    #[test]
    fn compounds_are_one_word_or_several() {
        let query = Query::parse("wi-fi");
        assert_eq!(texts("wi-fi"), ["wi", "fi"]);
        assert!(query.words.iter().all(|w| w.spellings[0].text == "wifi" && w.spellings[0].is_exact));
        assert_eq!(texts("iphone15 h264"), ["iphone", "15", "h264"]);
        assert_eq!(texts("C++"), ["c++"]);
        let leaning = Query::parse("note book");
        assert_eq!(leaning.words[0].spellings[0].text, "notebook");
        assert!(leaning.words[1].spellings[0].is_prefix);
    }

    #[test]
    fn runs_are_looked_up_by_pairs() {
        assert_eq!(texts("東京都 猫"), ["東京", "京都", "猫"]);
    }

    #[test]
    fn long_queries_are_cut() {
        assert_eq!(texts(&"word ".repeat(1000)).len(), MAX_QUERY_WORDS);
        assert_eq!(texts(&"東".repeat(1000)).len(), MAX_QUERY_WORDS);
        assert!(texts(" \u{0} …").is_empty());
    }
}
