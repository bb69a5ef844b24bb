//! What libav's index does not tell of an mp4: how much later each sample is shown than decoded (`ctts`), and whether
//! the track has one description for all (ISO/IEC 14496-12).

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
        bytes.extend(more);
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
    fn a_table_that_claims_more_than_it_holds_is_none() {
        assert_eq!(read_offsets(&words(&[0, 2, 1, 1])), None);
        assert_eq!(read_offsets(&words(&[0, u32::MAX])), None);
    }
}
