//! How well each document matches, by the numbers of [`crate::rank`], and the best of them.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use mutoscope_core::search::SearchField;
use tantivy::{
    DocAddress, DocId, DocSet, Searcher, SegmentReader, TERMINATED,
    columnar::ColumnValues,
    postings::{Postings, SegmentPostings},
    schema::IndexRecordOption,
};

use super::{
    document::video_id,
    error::IndexFault,
    expand::{Expansion, Found},
    fields::Fields,
};
use crate::rank::{EXACT_IN_TITLE, NEIGHBOURS, Nearness, PRESENT, Rank, WHOLE_TITLE, points};

/// Documents are scored in windows of this many, so that memory does not grow with the index.
const WINDOW: usize = 4096;

/// Of the words that go on from a typed beginning, so many are tried as neighbours.
const MAX_NEIGHBOURS: usize = 16;

/// Which hits are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Documents with fewer words are no hits.
    pub words_required: usize,
    /// Only what comes after this one.
    pub after: Option<Rank>,
    /// How many.
    pub count: usize,
}

/// The best documents, best first.
pub fn best(
    searcher: &Searcher,
    fields: &Fields,
    expansion: &Expansion,
    wanted: Wanted,
) -> Result<Vec<(Rank, DocAddress)>, IndexFault> {
    let mut best = BinaryHeap::with_capacity(wanted.count + 1);
    let mut window = Window::new();
    for (ordinal, segment) in searcher.segment_readers().iter().enumerate() {
        let words = &expansion.segments[ordinal];
        let mut postings = words.iter().map(|found| open(segment, fields, found)).collect::<Result<Vec<_>, _>>()?;
        let bonus = neighbours(segment, fields, words, &expansion.weights)?;
        let columns = Columns::of(segment)?;
        while let Some(start) = first_document(&postings) {
            window.score(start, &mut postings, &expansion.weights);
            for (offset, entry) in window.entries.iter().enumerate() {
                let document = start + offset as DocId;
                if usize::from(entry.words) < wanted.words_required || segment.is_deleted(document) {
                    continue;
                }
                let mut score = entry.score + bonus.get(&document).copied().unwrap_or(0);
                if entry.title_words > 0 {
                    score += columns.whole_title(document, entry);
                }
                let is_hopeless = best.len() == wanted.count
                    && best.peek().is_some_and(|Reverse((worst, _)): &Reverse<(Rank, DocAddress)>| score < worst.score);
                if is_hopeless || wanted.after.is_some_and(|after| score > after.score) {
                    continue;
                }
                let rank = columns.rank(document, score);
                if wanted.after.is_some_and(|after| rank >= after) {
                    continue;
                }
                best.push(Reverse((rank, DocAddress::new(ordinal as u32, document))));
                if best.len() > wanted.count {
                    best.pop();
                }
            }
        }
    }
    Ok(best.into_sorted_vec().into_iter().map(|Reverse(found)| found).collect())
}

/// A list of documents that have a word, and what having it is worth.
struct Worth {
    postings: SegmentPostings,
    points: u8,
}

fn open(segment: &SegmentReader, fields: &Fields, found: &[Found]) -> Result<Vec<Worth>, IndexFault> {
    let mut lists = Vec::with_capacity(found.len());
    for found in found {
        let inverted = segment.inverted_index(fields.searched(found.field))?;
        lists.push(Worth {
            postings: inverted.read_postings_from_terminfo(&found.info, IndexRecordOption::Basic)?,
            points: points(found.nearness, found.field),
        });
    }
    Ok(lists)
}

fn first_document(words: &[Vec<Worth>]) -> Option<DocId> {
    let documents = words.iter().flatten().map(|list| list.postings.doc());
    documents.min().filter(|document| *document != TERMINATED)
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    score: u32,
    words: u8,
    title_words: u8,
    heaviest: u8,
}

struct Window {
    entries: Vec<Entry>,
    points: Vec<u8>,
}

impl Window {
    fn new() -> Self {
        Self { entries: vec![Entry::default(); WINDOW], points: vec![0; WINDOW] }
    }

    /// Scores the documents from `start` on; the lists stand behind the window afterwards.
    fn score(&mut self, start: DocId, words: &mut [Vec<Worth>], weights: &[u8]) {
        self.entries.fill(Entry::default());
        let end = start + WINDOW as DocId;
        for (lists, weight) in words.iter_mut().zip(weights) {
            self.points.fill(0);
            for list in lists {
                let mut document = list.postings.doc();
                while document < end {
                    let known = &mut self.points[(document - start) as usize];
                    *known = list.points.max(*known);
                    document = list.postings.advance();
                }
            }
            for (entry, points) in self.entries.iter_mut().zip(&self.points) {
                if *points > 0 {
                    entry.score += u32::from(*weight) * (PRESENT + u32::from(*points));
                    entry.words += 1;
                    entry.title_words += u8::from(*points == EXACT_IN_TITLE);
                    entry.heaviest = entry.heaviest.max(*weight);
                }
            }
        }
    }
}

/// What is known of every document of a segment without reading it.
struct Columns {
    id_high: std::sync::Arc<dyn ColumnValues<u64>>,
    id_low: std::sync::Arc<dyn ColumnValues<u64>>,
    favour: std::sync::Arc<dyn ColumnValues<u64>>,
    title_places: std::sync::Arc<dyn ColumnValues<u64>>,
}

impl Columns {
    fn of(segment: &SegmentReader) -> Result<Self, IndexFault> {
        let column = |name| -> Result<_, IndexFault> { Ok(segment.fast_fields().u64(name)?.first_or_default_col(0)) };
        Ok(Self {
            id_high: column("id_high")?,
            id_low: column("id_low")?,
            favour: column("favour")?,
            title_places: column("title_places")?,
        })
    }

    fn rank(&self, document: DocId, score: u32) -> Rank {
        Rank {
            score,
            favour: self.favour.get_val(document),
            id: video_id(self.id_high.get_val(document), self.id_low.get_val(document)),
        }
    }

    fn whole_title(&self, document: DocId, entry: &Entry) -> u32 {
        let places = u32::try_from(self.title_places.get_val(document)).unwrap_or(u32::MAX).max(1);
        let words = u32::from(entry.title_words).min(places);
        u32::from(entry.heaviest) * WHOLE_TITLE * words / places
    }
}

/// Documents whose title has words of the query next to one another, and what that is worth.
fn neighbours(
    segment: &SegmentReader,
    fields: &Fields,
    words: &[Vec<Found>],
    weights: &[u8],
) -> Result<HashMap<DocId, u32>, IndexFault> {
    let inverted = segment.inverted_index(fields.searched(SearchField::Title))?;
    let mut bonus = HashMap::new();
    let (mut left_places, mut right_places) = (Vec::new(), Vec::new());
    for (two, weights) in words.windows(2).zip(weights.windows(2)) {
        let worth = NEIGHBOURS * u32::from(weights[0].min(weights[1]));
        let in_title = |found: &&Found| found.field == SearchField::Title;
        let lefts = two[0].iter().filter(in_title).filter(|found| found.nearness == Nearness::Exact);
        for left in lefts {
            let rights = two[1].iter().filter(in_title).filter(|found| found.nearness <= Nearness::Prefix);
            for right in rights.take(MAX_NEIGHBOURS) {
                let read = |found: &Found| {
                    inverted.read_postings_from_terminfo(&found.info, IndexRecordOption::WithFreqsAndPositions)
                };
                let (mut left, mut right) = (read(left)?, read(right)?);
                while left.doc() != TERMINATED && right.doc() != TERMINATED {
                    if left.doc() < right.doc() {
                        left.seek(right.doc());
                    } else if right.doc() < left.doc() {
                        right.seek(left.doc());
                    } else {
                        left.positions_with_offset(1, &mut left_places);
                        right.positions(&mut right_places);
                        if left_places.iter().any(|place| right_places.contains(place)) {
                            *bonus.entry(left.doc()).or_default() += worth;
                        }
                        left.advance();
                        right.advance();
                    }
                }
            }
        }
    }
    Ok(bonus)
}
