//! Words of a text in any language: cut where readers cut, folded so that case and accents do not matter.
//!
//! Documents and queries go through the same cut. Scripts without spaces between words, and Korean, whose words carry
//! their particles with them, are cut into overlapping pairs of characters, as is usual for them.

mod cluster;
mod fold;

use std::ops::Range;

use cluster::{Cluster, Kind, clusters};

pub use fold::fold;

/// A folded word keeps this many characters.
pub const MAX_WORD_CHARS: usize = 64;

/// A piece of text between separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A word, or several tied together without a space (`wi-fi`, `O'Neill`, `C++`).
    Compound {
        /// The parts between the ties; at least one.
        parts: Vec<Word>,
        /// All of it without the ties, where that is another word than the only part.
        joined: Option<Word>,
    },
    /// A run of a script that is not cut by spaces, character by character; at least one.
    Run(Vec<Word>),
}

/// A folded word, and the bytes of the text that it was cut from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded, never empty.
    pub text: String,
    /// In the original text, on character boundaries.
    pub bytes: Range<usize>,
}

/// A word as it is indexed: words that follow one another have places that do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedWord {
    /// The word.
    pub word: Word,
    /// Counted from 0.
    pub place: u32,
}

/// Cuts `text` into its pieces.
pub fn pieces(text: &str) -> Vec<Piece> {
    let clusters: Vec<Cluster> = clusters(text).collect();
    let mut pieces = Vec::new();
    let mut i = 0;
    while i < clusters.len() {
        let end = match clusters[i].kind {
            Kind::Letter => {
                let (piece, end) = compound(&clusters, i);
                pieces.push(piece);
                end
            }
            Kind::Unspaced | Kind::Symbol => {
                let kind = clusters[i].kind;
                let end = run_end(&clusters, i, kind);
                let words = clusters[i..end].iter().map(|c| Word { text: c.folded.clone(), bytes: c.bytes.clone() });
                if kind == Kind::Symbol {
                    pieces.extend(words.map(|word| Piece::Run(vec![word])));
                } else {
                    pieces.push(Piece::Run(words.collect()));
                }
                end
            }
            Kind::Tie | Kind::Suffix | Kind::Separator => i + 1,
        };
        i = end;
    }
    pieces
}

/// Every word under which `text` is found, in order of place.
pub fn indexed_words(text: &str) -> Vec<PlacedWord> {
    let mut words = Vec::new();
    let mut place = 0;
    for piece in pieces(text) {
        match piece {
            Piece::Compound { parts, joined } => {
                words.extend(joined.map(|word| PlacedWord { word, place }));
                for word in parts {
                    words.push(PlacedWord { word, place });
                    place += 1;
                }
            }
            Piece::Run(characters) => {
                for (i, word) in characters.iter().enumerate() {
                    words.push(PlacedWord { word: word.clone(), place });
                    if let Some(next) = characters.get(i + 1) {
                        words.push(PlacedWord { word: pair(word, next), place });
                    }
                    place += 1;
                }
            }
        }
    }
    words
}

/// Two neighbours of a run as one word.
pub fn pair(first: &Word, second: &Word) -> Word {
    Word { text: format!("{}{}", first.text, second.text), bytes: first.bytes.start..second.bytes.end }
}

/// The compound that begins with the letter at `start`, and where it ends.
fn compound(clusters: &[Cluster], start: usize) -> (Piece, usize) {
    let mut parts = Vec::new();
    let mut i = start;
    loop {
        let end = run_end(clusters, i, Kind::Letter);
        parts.push(letters(&clusters[i..end]));
        let tied = clusters.get(end).is_some_and(|c| c.kind == Kind::Tie)
            && clusters.get(end + 1).is_some_and(|c| c.kind == Kind::Letter);
        i = end;
        if !tied {
            break;
        }
        i += 1;
    }
    // C++, C#, F#: signs that make another word of a short one.
    let suffix_end = match parts.as_slice() {
        [only] if only.text.chars().count() <= 2 => run_end(clusters, i, Kind::Suffix),
        _ => i,
    };
    let joined = (parts.len() > 1 || suffix_end > i).then(|| letters(&clusters[start..suffix_end]));
    (Piece::Compound { parts, joined }, suffix_end)
}

fn run_end(clusters: &[Cluster], start: usize, kind: Kind) -> usize {
    clusters[start..].iter().position(|c| c.kind != kind).map_or(clusters.len(), |length| start + length)
}

/// One word of the given clusters, without the ties in it.
fn letters(clusters: &[Cluster]) -> Word {
    let folded = clusters.iter().filter(|c| c.kind != Kind::Tie).flat_map(|c| c.folded.chars());
    Word {
        text: folded.take(MAX_WORD_CHARS).collect(),
        bytes: clusters[0].bytes.start..clusters[clusters.len() - 1].bytes.end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        indexed_words(text).into_iter().map(|w| w.word.text).collect()
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(texts("Crème BRÛLÉE"), ["creme", "brulee"]);
        assert_eq!(texts("Cre\u{300}me"), ["creme"]);
        assert_eq!(texts("STRASSE Straße"), ["strasse", "strasse"]);
        assert_eq!(texts("Łódź smørrebrød Æsir"), ["lodz", "smorrebrod", "aesir"]);
        assert_eq!(texts("Ёлка ΣΊΣΥΦΟΣ"), ["елка", "σισυφοσ"]);
        assert_eq!(texts("İstanbul ılık"), ["istanbul", "ilik"]);
        assert_eq!(texts("ｆｕｌｌ ﬁn"), ["full", "fin"]);
    }

    #[test]
    fn compounds_are_found_in_one_piece_and_in_parts() {
        assert_eq!(texts("Wi-Fi"), ["wifi", "wi", "fi"]);
        assert_eq!(texts("O'Neill’s"), ["oneills", "o", "neill", "s"]);
        assert_eq!(texts("AC/DC - live"), ["acdc", "ac", "dc", "live"]);
        assert_eq!(texts("C++ C# C."), ["c++", "c", "c#", "c", "c"]);
        assert_eq!(texts("#rust, (rust)!"), ["rust", "rust"]);
        assert_eq!(texts("1,000.5"), ["10005", "1", "000", "5"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(texts("東京都"), ["東", "東京", "京", "京都", "都"]);
        assert_eq!(texts("ｶﾞﾝ"), ["ガ", "ガン", "ン"]);
        assert_eq!(texts("한국 tv"), ["한", "한국", "국", "tv"]);
        let decomposed: String = "한국".chars().flat_map(decompose).collect();
        assert_eq!(texts(&decomposed), texts("한국"));
        assert_eq!(texts("ที่"), ["ที่"]);
    }

    fn decompose(c: char) -> impl Iterator<Item = char> {
        use unicode_normalization::UnicodeNormalization;
        std::iter::once(c).nfd().collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn vowel_signs_stay_where_they_carry_the_word() {
        assert_eq!(texts("हिन्दी"), ["हिन्दी"]);
        assert_eq!(texts("שָׁלוֹם"), texts("שלום"));
        assert_eq!(texts("مُحَمَّد"), texts("محمد"));
    }

    #[test]
    fn emoji_are_words_of_their_own() {
        assert_eq!(texts("🎬🎬 film❤️"), ["🎬", "🎬", "film", "❤"]);
        assert_eq!(texts(" \t…–!? "), Vec::<String>::new());
    }

    #[test]
    fn words_lie_on_character_boundaries() {
        let text = "  Ça—été 東京 naïve";
        for placed in indexed_words(text) {
            assert!(text.get(placed.word.bytes.clone()).is_some());
        }
    }

    #[test]
    fn an_endless_word_is_cut() {
        let word = "a".repeat(100_000);
        assert_eq!(texts(&word)[0].len(), MAX_WORD_CHARS);
        let zalgo = format!("z{}", "\u{301}".repeat(100_000));
        assert_eq!(texts(&zalgo), ["z"]);
    }
}
