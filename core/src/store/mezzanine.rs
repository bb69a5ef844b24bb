//! The kept original as the ordered list of its parts: read by range across them, never copied together.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;

use super::{MediaStore, ReadRange, StorageKey, StoreError};

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it lies.
    pub key: StorageKey,
    /// Its length.
    pub size_bytes: u64,
}

/// A readable mezzanine; cheap enough to clone per job.
#[derive(Debug, Clone)]
pub struct Mezzanine {
    store: MediaStore,
    parts: Vec<(u64, Part)>,
    len: u64,
}

impl Mezzanine {
    /// The mezzanine that `parts` make up, in this order.
    pub fn new(store: MediaStore, parts: Vec<Part>) -> Self {
        let mut len = 0u64;
        let parts = parts
            .into_iter()
            .map(|part| {
                let start = len;
                len = len.saturating_add(part.size_bytes);
                (start, part)
            })
            .collect();
        Self { store, parts, len }
    }

    /// The length of all parts together, in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of `range`, cut at the end of the mezzanine; empty past it.
    ///
    /// # Errors
    /// What the storage says; a part that is shorter than its row claims is [`StoreError::OutOfRange`].
    pub async fn read(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let range = range.start.min(self.len)..range.end.min(self.len);
        if range.is_empty() {
            // A storage refuses to read nothing.
            return Ok(Bytes::new());
        }
        let mut pieces = Vec::new();
        for (start, part) in self.overlapping(&range) {
            let from = range.start.saturating_sub(start);
            let to = (range.end - start).min(part.size_bytes);
            pieces.push(self.store.get_range(&part.key, from..to).await?);
        }
        if pieces.len() == 1
            && let Some(only) = pieces.pop()
        {
            return Ok(only);
        }
        let mut joined = BytesMut::with_capacity(pieces.iter().map(Bytes::len).sum());
        for piece in pieces {
            joined.extend_from_slice(&piece);
        }
        Ok(joined.freeze())
    }

    fn overlapping(&self, range: &Range<u64>) -> impl Iterator<Item = (u64, &Part)> {
        let first = self.parts.partition_point(|(start, part)| start + part.size_bytes <= range.start);
        let end = range.end;
        self.parts[first..].iter().take_while(move |(start, _)| *start < end).map(|(start, part)| (*start, part))
    }
}

impl ReadRange for Mezzanine {
    fn length(&self) -> u64 {
        self.len
    }

    fn read_range(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, StoreError>> {
        Box::pin(self.read(range))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{UploadId, VideoId},
        store::{ReadAhead, StoreSettings},
    };

    async fn mezzanine_of(pieces: &[&'static [u8]]) -> (tempfile::TempDir, Mezzanine) {
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::open(&StoreSettings::Folder(folder.path().into())).unwrap();
        let (video_id, upload_id) = (VideoId::new(), UploadId::new());
        let mut parts = Vec::new();
        for (i, piece) in pieces.iter().enumerate() {
            let key = StorageKey::UploadPart { video_id, upload_id, number: i as i64 + 1, sha256: "00".to_owned() };
            store.put(&key, Bytes::from_static(piece)).await.unwrap();
            parts.push(Part { key, size_bytes: piece.len() as u64 });
        }
        (folder, Mezzanine::new(store, parts))
    }

    #[tokio::test]
    async fn every_range_reads_as_if_the_parts_were_one_file() {
        let (_folder, mezzanine) = mezzanine_of(&[b"abc", b"d", b"efgh"]).await;
        let whole = b"abcdefgh";
        for start in 0..=9u64 {
            for end in start..=10 {
                let got = mezzanine.read(start..end).await.unwrap();
                let (from, to) = (start.min(8) as usize, end.min(8) as usize);
                assert_eq!(&got[..], &whole[from..to], "{start}..{end}");
            }
        }
    }

    #[tokio::test]
    async fn reading_ahead_across_parts_gives_the_same_bytes() {
        let (_folder, mezzanine) = mezzanine_of(&[b"abc", b"d", b"efgh", b"ijklmnop"]).await;
        for (first, each, most) in [(0, 1, 3), (0, 2, 5), (1, 3, 100), (2, 5, 4), (0, 16, 8)] {
            let ahead = ReadAhead::new(mezzanine.clone(), most);
            let mut read = Vec::new();
            for at in (first..16).step_by(each) {
                read.extend_from_slice(&ahead.read(at..at + each as u64).await.unwrap());
                tokio::task::yield_now().await;
            }
            assert_eq!(read, b"abcdefghijklmnop"[first as usize..]);
        }
    }

    #[tokio::test]
    async fn a_part_that_is_shorter_than_its_row_is_an_error_and_not_a_shorter_film() {
        let (_folder, mut mezzanine) = mezzanine_of(&[b"abc"]).await;
        mezzanine.parts[0].1.size_bytes = 5;
        mezzanine.len = 5;
        assert!(mezzanine.read(0..5).await.is_err());
    }
}
