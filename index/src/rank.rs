//! Ranking: what a match is worth, in whole numbers, and the order of hits.
//!
//! A document's score depends on nothing but the document, the query and the weights of its words. So the order of two
//! documents stays the same while others come and go, and a cursor that carries the weights goes on where it stopped.
//! Every adapter of the port ranks by these numbers.

use mutoscope_core::{id::VideoId, search::SearchField};

/// The searched fields, the weightiest first.
pub const SEARCHED: [SearchField; 4] =
    [SearchField::Title, SearchField::Tags, SearchField::Channel, SearchField::Description];

/// A word that is there at all counts this much; how near and where it is adds up to [`EXACT_IN_TITLE`].
pub const PRESENT: u32 = 150;
/// The word itself, in the title.
pub const EXACT_IN_TITLE: u8 = 100;
/// Two words that follow one another in the title as they do in the query.
pub const NEIGHBOURS: u32 = 40;
/// A title that consists of nothing else than the query.
pub const WHOLE_TITLE: u32 = 20;

/// The highest weight of a word; the lowest is 1.
const MAX_WEIGHT: u32 = 8;

/// How near a word of the index is to one of the query; nearer ones come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nearness {
    /// It is the word.
    Exact,
    /// It begins with the word, or is it in another spelling.
    Prefix,
    /// It is this many edits away.
    Typo {
        /// 1 or 2.
        edits: u8,
        /// Only its beginning is.
        is_prefix: bool,
        /// People seldom mistype the first letter.
        other_initial: bool,
    },
}

/// A document's place in the order of a query's hits: better ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// How well it matches.
    pub score: u32,
    /// Newer and more watched ones first.
    pub favour: u64,
    /// Decides where all else is equal.
    pub id: VideoId,
}

/// What a word is worth by its nearness and place: nearness first, then the field.
pub fn points(nearness: Nearness, field: SearchField) -> u8 {
    let field = field as usize;
    match nearness {
        Nearness::Exact => [EXACT_IN_TITLE, 88, 78, 60][field],
        Nearness::Prefix => [58, 52, 47, 38][field],
        Nearness::Typo { edits, is_prefix, other_initial } => {
            let worse = usize::from(edits > 1) * 4 + usize::from(is_prefix) * 2 + usize::from(other_initial);
            [34, 30, 26, 22, 18, 14, 10, 6][worse] + [3, 2, 1, 0][field]
        }
    }
}

/// How much a word weighs that `having` of `documents` have: rare ones weigh more. In whole steps, so that scores are
/// exact and the same weights give the same order on every machine.
pub fn weight(documents: u64, having: u64) -> u8 {
    let rarity = (documents + 1) / (having + 1);
    (1 + rarity.max(1).ilog2()).min(MAX_WEIGHT) as u8
}

const _: () = assert!(
    SearchField::Title as usize == 0
        && SearchField::Tags as usize == 1
        && SearchField::Channel as usize == 2
        && SearchField::Description as usize == 3,
    "fields are numbered as they are searched"
);
