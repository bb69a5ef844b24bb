//! The place after a page's last hit, as an opaque text.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mutoscope_core::{
    id::VideoId,
    search::{MAX_QUERY_WORDS, SearchQuery},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{query::Query, rank::Rank};

const VERSION: u8 = 1;
const SEAL_BYTES: usize = 8;
const RANK_BYTES: usize = 4 + 8 + 16;

/// Where a query's next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The last hit that was given.
    pub after: Rank,
    /// The weights of the query's words when its first page was made: with others, the order would be another.
    pub weights: Vec<u8>,
}

/// The cursor is not one that the query gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign;

impl Cursor {
    /// The one that was handed back with what is wanted, whose text reads as `query`; `None` for the first page.
    pub fn handed_back(wanted: &SearchQuery, query: &Query) -> Result<Option<Self>, Foreign> {
        let Some(text) = &wanted.cursor else { return Ok(None) };
        Self::parse(text, query).map(Some).ok_or(Foreign)
    }

    /// As clients hand it back.
    ///
    /// The seal binds it to the words of its query and to this version. It keeps accidents out, not intent: whoever makes
    /// one themselves begins at another hit of the same public list, and nothing else.
    pub fn to_text(&self, query: &Query) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.after.score.to_be_bytes());
        bytes.extend(self.after.favour.to_be_bytes());
        bytes.extend(self.after.id.as_uuid().as_bytes());
        bytes.extend(&self.weights);
        bytes.extend(seal(&bytes, query));
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads any text; `None` where it is not a cursor of this query.
    pub fn parse(text: &str, query: &Query) -> Option<Self> {
        let longest = 1 + RANK_BYTES + MAX_QUERY_WORDS + SEAL_BYTES;
        if text.len() > longest * 2 {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sealed, found) = bytes.split_at_checked(bytes.len().checked_sub(SEAL_BYTES)?)?;
        if found != seal(sealed, query) {
            return None;
        }
        let (&version, rest) = sealed.split_first()?;
        let (score, rest) = rest.split_first_chunk()?;
        let (favour, rest) = rest.split_first_chunk()?;
        let (id, weights) = rest.split_first_chunk()?;
        let is_sound = version == VERSION
            && weights.len() == query.words.len()
            && weights.iter().all(|weight| (1..=8).contains(weight));
        is_sound.then(|| Self {
            after: Rank {
                score: u32::from_be_bytes(*score),
                favour: u64::from_be_bytes(*favour),
                id: VideoId::from_uuid(Uuid::from_bytes(*id)),
            },
            weights: weights.to_vec(),
        })
    }
}

fn seal(bytes: &[u8], query: &Query) -> [u8; SEAL_BYTES] {
    let mut hash = Sha256::new();
    hash.update(b"mutoscope search cursor\0");
    hash.update(query.normal_form());
    hash.update([0]);
    hash.update(bytes);
    let digest: [u8; 32] = hash.finalize().into();
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&digest[..SEAL_BYTES]);
    seal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor { after: Rank { score: 812, favour: 1360, id: VideoId::new() }, weights: vec![1, 8] }
    }

    #[test]
    fn a_cursor_survives_the_trip_through_text() {
        let query = Query::parse("Red Panda");
        let text = cursor().to_text(&query);
        let again = Query::parse("red  pandâ");
        assert!(Cursor::parse(&text, &again).is_some());
        let cursor = cursor();
        assert_eq!(Cursor::parse(&cursor.to_text(&query), &query), Some(cursor));
    }

    #[test]
    fn what_is_not_a_cursor_of_the_query_is_refused() {
        let query = Query::parse("red panda");
        let text = cursor().to_text(&query);
        assert_eq!(Cursor::parse(&text, &Query::parse("red fox")), None);
        for i in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[i] = if forged[i] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(Cursor::parse(&forged, &query), None, "byte {i}");
        }
        for text in ["", "A", "AAAA", "ü", "%00", &"A".repeat(100_000)] {
            assert_eq!(Cursor::parse(text, &query), None);
        }
    }
}
