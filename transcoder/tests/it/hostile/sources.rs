//! Films larger than any test would write: a few pieces of bytes, and zeros or one pattern in between.

use bytes::Bytes;
use futures::future::BoxFuture;
use mutoscope_transcoder::jail::{ByteSource, SourceError};

/// Pieces at their places, zeros elsewhere.
pub struct Patchwork {
    pub length: u64,
    pub pieces: Vec<(u64, Vec<u8>)>,
}

impl ByteSource for Patchwork {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>> {
        let end = (offset + u64::from(length)).min(self.length);
        let mut bytes = vec![0; usize::try_from(end - offset).unwrap()];
        for (at, piece) in &self.pieces {
            let from = offset.max(*at);
            let to = end.min(at + piece.len() as u64);
            if from < to {
                let place = |position: u64, start: u64| usize::try_from(position - start).unwrap();
                bytes[place(from, offset)..place(to, offset)].copy_from_slice(&piece[place(from, *at)..place(to, *at)]);
            }
        }
        Box::pin(async move { Ok(Bytes::from(bytes)) })
    }
}
