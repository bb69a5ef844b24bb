//! What libav's index does not tell of an mp4: how much later each sample is shown than decoded (`ctts`), whether the
//! track has one description for all, and its edit list to the tick (ISO/IEC 14496-12).

use super::captions::Edit;
use crate::jail::Channel;

/// The largest movie box that is read: six hours of samples have half of it.
const LARGEST: u64 = 64 << 20;
/// Boxes of the top level that are passed over in search of it.
const MOST_BOXES: u32 = 64;
/// Bytes that are asked for at once.
const PIECE: u32 = 8 << 20;

/// A track's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleTables {
    /// Sample descriptions.
    pub descriptions: u32,
    pub samples: u32,
    /// Runs of samples, and by how many ticks each is shown after it is decoded. Empty: at once.
    pub offsets: Vec<(u32, i32)>,
}

impl SampleTables {
    /// The offset of each sample, in order.
    pub fn each_offset(&self) -> impl Iterator<Item = i32> + '_ {
        let runs = self.offsets.iter().flat_map(|(count, offset)| (0..*count).map(move |_| *offset));
        runs.chain(std::iter::repeat(0))
    }
}

/// The movie box's content. `None` where there is none, it is too large, or the bytes cannot be had.
pub fn fetch(channel: &Channel, length: u64) -> Option<Vec<u8>> {
    let mut at = 0;
    for _ in 0..MOST_BOXES {
        let head = bytes_at(channel, at, 16.min(length.checked_sub(at)?))?;
        let (kind, header, size) = read_header(&head)?;
        let size = if size == 0 { length - at } else { size };
        if size < header {
            return None;
        }
        if kind == *b"moov" {
            let content = size - header;
            return if content <= LARGEST { bytes_at(channel, at + header, content) } else { None };
        }
        at = at.checked_add(size)?;
    }
    None
}

/// Whether the movie's samples are not all in its own tables.
pub fn goes_on_in_fragments(movie: &[u8]) -> bool {
    child(movie, b"mvex").is_some()
}

/// The tables of the track with this id. `None` where the track or a table of it is missing or doubled.
pub fn read_tables(movie: &[u8], track_id: u32) -> Option<SampleTables> {
    let tracks = Boxes(movie).filter(|(kind, _)| kind == b"trak");
    let mut wanted = tracks.map(|(_, track)| track).filter(|track| id_of(track) == Some(track_id));
    let track = wanted.next()?;
    if wanted.next().is_some() {
        return None;
    }
    let tables = child(child(child(track, b"mdia")?, b"minf")?, b"stbl")?;
    let descriptions = u32_at(child(tables, b"stsd")?, 4)?;
    let samples = u32_at(child(tables, b"stsz").or_else(|| child(tables, b"stz2"))?, 8)?;
    let offsets = match child(tables, b"ctts") {
        Some(table) => read_offsets(table)?,
        None => Vec::new(),
    };
    Some(SampleTables { descriptions, samples, offsets })
}

/// The edit list of the track with this id (8.6.6), at most so many entries; empty where it has none or cannot be read.
/// `timescale` is the track's own.
pub fn read_edits(movie: &[u8], track_id: u32, timescale: u32, most: usize) -> Vec<Edit> {
    let track = || {
        let header = child(movie, b"mvhd")?;
        let movie_scale = u32_at(header, if header.first()? & 1 == 1 { 20 } else { 12 })?;
        let mut tracks = Boxes(movie).filter(|(kind, _)| kind == b"trak").map(|(_, track)| track);
        let list = child(child(tracks.find(|track| id_of(track) == Some(track_id))?, b"edts")?, b"elst")?;
        Some((list, movie_scale))
    };
    let Some((list, movie_scale)) = track() else { return Vec::new() };
    let us = |ticks: u64, scale: u32| i64::try_from(u128::from(ticks) * 1_000_000 / u128::from(scale.max(1))).ok();
    let wide = list.first().is_some_and(|version| version & 1 == 1);
    let mut entries = list.get(8..).unwrap_or_default().chunks_exact(if wide { 20 } else { 12 });
    let (mut edits, mut shown_us) = (Vec::new(), 0_i64);
    while let Some(entry) = entries.next().filter(|_| edits.len() < most) {
        let read = |at: usize| if wide { u64_at(entry, at * 8) } else { u32_at(entry, at * 4).map(u64::from) };
        let (Some(length), Some(media)) = (read(0), read(1)) else { break };
        let is_empty = if wide { media == u64::MAX } else { media == u64::from(u32::MAX) };
        let Some(length_us) = us(length, movie_scale) else { break };
        if !is_empty {
            let Some(media_us) = us(media, timescale) else { break };
            // What fragments add has no length yet.
            edits.push(Edit { shown_us, media_us, length_us: Some(length_us).filter(|length| *length > 0) });
        }
        shown_us = shown_us.saturating_add(length_us);
    }
    edits
}

/// Version 0 and 1 alike: files of version 0 hold negative numbers too, and libav reads them so.
fn read_offsets(table: &[u8]) -> Option<Vec<(u32, i32)>> {
    let count = usize::try_from(u32_at(table, 4)?).ok()?;
    let entries = table.get(8..8_usize.checked_add(count.checked_mul(8)?)?)?;
    let read = |entry: &[u8]| Some((u32_at(entry, 0)?, u32_at(entry, 4)?.cast_signed()));
    entries.chunks_exact(8).map(read).collect()
}

/// The version decides how wide the times before the id are (8.3.2).
fn id_of(track: &[u8]) -> Option<u32> {
    let header = child(track, b"tkhd")?;
    u32_at(header, if header.first()? & 1 == 1 { 20 } else { 12 })
}

fn child<'a>(parent: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    Boxes(parent).find(|(found, _)| found == kind).map(|(_, content)| content)
}

/// The boxes in a box's content; ends where one does not fit.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, header, size) = read_header(self.0)?;
        let size = if size == 0 { self.0.len() } else { usize::try_from(size).ok()? };
        let content = self.0.get(usize::try_from(header).ok()?..size)?;
        self.0 = &self.0[size..];
        Some((kind, content))
    }
}

/// A box's kind, the length of its header, and its size, 0 where it goes on to the end.
fn read_header(bytes: &[u8]) -> Option<([u8; 4], u64, u64)> {
    let kind = bytes.get(4..8)?.try_into().ok()?;
    match u32_at(bytes, 0)? {
        1 => Some((kind, 16, u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?))),
        size => Some((kind, 8, size.into())),
    }
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// So many bytes, however many answers that takes.
pub fn bytes_at(channel: &Channel, at: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < length {
        let done = bytes.len() as u64;
        let left = u32::try_from((length - done).min(u64::from(PIECE))).ok()?;
        let more = channel.ask(at.checked_add(done)?, left).ok()?;
        if more.is_empty() {
            return None;
        }
        // Most come whole, and need not be copied.
        if bytes.is_empty() {
            bytes = more;
        } else {
            bytes.extend(more);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size[..], kind, content].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn track(id: u32) -> Vec<u8> {
        let tables = [
            boxed(b"stsd", &words(&[0, 1])),
            boxed(b"stsz", &words(&[0, 0, 3, 10, 20, 30])),
            boxed(b"ctts", &words(&[0, 2, 2, 512, 1, -512_i32 as u32])),
        ];
        let tables = boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &tables.concat())));
        boxed(b"trak", &[boxed(b"tkhd", &words(&[0, 0, 0, id])), tables].concat())
    }

    #[test]
    fn a_tracks_tables_are_found_by_its_id() {
        let movie = [boxed(b"mvhd", &[0; 20]), track(1), track(2)].concat();
        let tables = read_tables(&movie, 2).unwrap();
        assert_eq!((tables.descriptions, tables.samples), (1, 3));
        assert_eq!(tables.each_offset().take(4).collect::<Vec<_>>(), [512, 512, -512, 0]);
        assert_eq!(read_tables(&movie, 3), None);
        assert_eq!(read_tables(&[movie.clone(), track(2)].concat(), 2), None, "doubled");
        assert!(goes_on_in_fragments(&[movie.clone(), boxed(b"mvex", &[])].concat()) && !goes_on_in_fragments(&movie));
        for end in 0..movie.len() {
            let _ends_early = read_tables(&movie[..end], 2);
        }
    }

    #[test]
    fn an_edit_list_is_read_to_the_tick_in_both_its_widths_and_a_broken_one_is_none() {
        let movie = |list: &[u8]| {
            let track = [boxed(b"tkhd", &words(&[0, 0, 0, 7])), boxed(b"edts", &boxed(b"elst", list))].concat();
            [boxed(b"mvhd", &words(&[0, 0, 0, 1_000])), boxed(b"trak", &track)].concat()
        };
        // Half a second of nothing, a second from 90 000 ticks on, then the rest from the start.
        let edits = [
            Edit { shown_us: 500_000, media_us: 1_000_000, length_us: Some(1_000_000) },
            Edit { shown_us: 1_500_000, media_us: 0, length_us: None },
        ];
        let narrow = words(&[0, 3, 500, u32::MAX, 65_536, 1_000, 90_000, 65_536, 0, 0, 65_536]);
        assert_eq!(read_edits(&movie(&narrow), 7, 90_000, 9), edits);
        let wide =
            words(&[1 << 24, 2, 0, 500, u32::MAX, u32::MAX, 65_536, 0, 1_000, 0, 90_000, 65_536, 0, 0, 0, 0, 65_536]);
        assert_eq!(read_edits(&movie(&wide), 7, 90_000, 9), edits);
        assert_eq!(read_edits(&movie(&narrow), 7, 90_000, 1), edits[..1]);
        assert_eq!(read_edits(&movie(&narrow), 8, 90_000, 9), []);
        let whole = movie(&narrow);
        for end in 0..whole.len() {
            let _ends_early = read_edits(&whole[..end], 7, 90_000, 9);
        }
        let absurd = words(&[1 << 24, 1, u32::MAX, u32::MAX, 0, 0, 65_536]);
        assert_eq!(read_edits(&movie(&absurd), 7, 90_000, 9), []);
    }

    #[test]
    fn a_table_that_claims_more_than_it_holds_is_none() {
        assert_eq!(read_offsets(&words(&[0, 2, 1, 1])), None);
        assert_eq!(read_offsets(&words(&[0, u32::MAX])), None);
    }
}
