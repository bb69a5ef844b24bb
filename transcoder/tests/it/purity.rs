//! A segment is a pure function of film, plan, rendition and index: how segments are grouped into spans, who makes
//! them, and what happened before never change a byte.

mod codecs;
mod cpu;
mod damage;
mod groupings;
mod kept;
mod killed;
mod sound;
pub mod sources;

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    path::Path,
};

use mutoscope_core::media::Ladder;
use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    span::SpanRequest,
};
use sha2::{Digest, Sha256};

use crate::support::{Made, make, plan};

/// SHA-256 of each init segment and segment, by rendition and index; records are a rendition that has no init segment.
pub type Hashes = BTreeMap<(String, Option<u32>), String>;

/// Short segments, so that a short film has many; two rungs, so that there is a cascade.
pub fn settings() -> PlanSettings {
    PlanSettings {
        ladder: Ladder::from(vec![90, 60]),
        segment_ms: 1_000,
        first_segments_ms: vec![500],
        preset: mutoscope_transcoder::plan::Preset::Ultrafast,
        ..PlanSettings::default()
    }
}

pub fn hashes_of(made: &Made) -> Hashes {
    let inits = made.inits.iter().map(|(name, bytes)| (name, None, bytes));
    let segments = made.segments.iter().map(|(name, index, bytes, _)| (name, Some(*index), bytes));
    let hashed = inits.chain(segments).map(|(name, index, bytes)| ((name.to_string(), index), sha256(bytes)));
    let noted = made.records.iter().map(|(index, bytes)| (("record".to_owned(), Some(*index)), sha256(bytes)));
    hashed.chain(noted).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Asserts that one span, one segment a span and 20 random groupings of a film give equal bytes. A span that comes up in
/// several groupings is made once.
pub async fn assert_pure(path: &Path) -> EncodePlan {
    assert_pure_by(path, &settings()).await
}

/// The same, for a plan by these settings.
pub async fn assert_pure_by(path: &Path, settings: &PlanSettings) -> EncodePlan {
    let plan = plan(path, settings).await;
    let count = plan.grid.segment_count();
    let whole = hashes_of(&make(path, &plan, SpanRequest::all(0..count)).await.unwrap());
    let segments = usize::try_from(count).unwrap();
    assert_eq!(whole.len(), plan.renditions.len() * (segments + 1) + segments);
    let single = (0..count).map(|index| index..index + 1).collect();
    let mut groupings: Vec<(String, Vec<Range<u32>>)> = vec![("one segment a span".to_owned(), single)];
    groupings.extend((1..=20).map(|seed| (format!("grouping {seed}"), grouping(count, seed))));
    let mut made: HashMap<Range<u32>, Hashes> = HashMap::new();
    let mut differing = Vec::new();
    for (name, spans) in groupings {
        for span in spans {
            if !made.contains_key(&span) {
                let request = SpanRequest::all(span.clone());
                made.insert(span.clone(), hashes_of(&make(path, &plan, request).await.unwrap()));
            }
            let hashes = &made[&span];
            let planned = plan.renditions.len() * (span.len() + 1) + span.len();
            assert_eq!(hashes.len(), planned, "{name}: {span:?}");
            for (key, hash) in hashes {
                if whole[key] != *hash {
                    differing.push((span.clone(), key.clone()));
                }
            }
        }
    }
    differing.sort_by_key(|(span, key)| (span.start, span.end, key.clone()));
    differing.dedup();
    assert!(differing.is_empty(), "{}: {differing:?}", path.display());
    plan
}

/// Cuts `0..count` at places that follow from a seed.
fn grouping(count: u32, seed: u64) -> Vec<Range<u32>> {
    let mut random = Random(seed);
    let mut spans = Vec::new();
    let mut start = 0;
    while start < count {
        let length = [1, 2, 5][usize::try_from(random.below(3)).unwrap()];
        let end = (start + length).min(count);
        spans.push(start..end);
        start = end;
    }
    spans
}

/// A sequence of numbers that follows from its seed (splitmix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A film's bytes with `count` of them flipped, at places between two of its shares that follow from a seed.
pub fn with_flips(film: &Path, shares: Range<f64>, count: u32, seed: u64) -> Vec<u8> {
    let mut bytes = std::fs::read(film).unwrap();
    let length = bytes.len() as f64;
    let (from, to) = ((length * shares.start) as u64, (length * shares.end) as u64);
    let mut random = Random(seed);
    for _ in 0..count {
        let at = usize::try_from(from + random.below(to - from)).unwrap();
        bytes[at] ^= u8::try_from(1 + random.below(255)).unwrap();
    }
    bytes
}
