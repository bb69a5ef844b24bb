//! Characters as readers see them: a base with its marks, folded as one, and what part it plays in a word.

use std::ops::Range;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use super::fold::fold;

/// A text with more marks on one character than this is a prank; the rest of them are passed over.
const MAX_CLUSTER_BYTES: usize = 64;

/// A base character with its marks.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// As it is compared; empty where nothing is left of it.
    pub folded: String,
    /// In the original text.
    pub bytes: Range<usize>,
    /// What it does to the word.
    pub kind: Kind,
}

/// What a character does to the word it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Part of a word that spaces end.
    Letter,
    /// Part of a run that no space cuts.
    Unspaced,
    /// A word of its own.
    Symbol,
    /// Between two letters it ties their words together.
    Tie,
    /// After a short word it makes another of it.
    Suffix,
    /// Ends a word.
    Separator,
}

/// The clusters of `text`, in order, without gaps.
pub fn clusters(text: &str) -> impl Iterator<Item = Cluster> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, base) = rest.next()?;
        let mut end = start + base.len_utf8();
        while let Some((at, mark)) = rest.next_if(|(_, c)| continues(*c)) {
            end = at + mark.len_utf8();
        }
        let kept = text.floor_char_boundary(end.min(start + MAX_CLUSTER_BYTES));
        let taken = &text[start..kept];
        Some(cluster(base, taken, start..end))
    })
}

fn cluster(base: char, text: &str, bytes: Range<usize>) -> Cluster {
    let mut folded = fold(text);
    let kind = kind(base, &folded);
    if matches!(kind, Kind::Letter | Kind::Unspaced) {
        // A fraction's bar, the brackets of a numbered sign.
        folded.retain(|c| c.is_alphanumeric() || is_combining_mark(c));
    }
    Cluster { folded, bytes, kind }
}

/// Whether `c` belongs to the character before it: marks, the later letters of a Hangul syllable, halfwidth voicing.
fn continues(c: char) -> bool {
    canonical_combining_class(c) != 0
        || is_combining_mark(c)
        || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}' | '\u{ff9e}' | '\u{ff9f}'
            | '\u{200c}' | '\u{200d}' | '\u{00ad}' | '\u{2060}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn kind(base: char, folded: &str) -> Kind {
    let Some(first) = folded.chars().find(|c| c.is_alphanumeric()) else {
        return match base {
            '\'' | '’' | 'ʼ' | '`' | '-' | '\u{2010}' | '\u{2011}' | '_' | '.' | '/' | '&' | '@' | '·' | ',' | ':' => {
                Kind::Tie
            }
            '+' | '#' => Kind::Suffix,
            // Pictographs, dingbats, flags.
            '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' => Kind::Symbol,
            _ => Kind::Separator,
        };
    };
    if is_unspaced(first) { Kind::Unspaced } else { Kind::Letter }
}

/// Scripts written without spaces, and Hangul syllables. Blocks as in the Unicode Character Database (Blocks.txt).
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Myanmar, Khmer
        | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}' // Hangul
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' // kana and marks of repetition
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
