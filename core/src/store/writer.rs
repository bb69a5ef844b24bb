//! An object that comes in piece by piece, and that nobody sees before it is whole and wanted.

use bytes::Bytes;
use object_store::{MultipartUpload, PutPayloadMut};

use super::StoreError;

/// Pieces of this length go to a bucket, which takes none shorter but the last (AWS S3 API, "Multipart upload limits").
pub(super) const BUCKET_PIECE: usize = 5 << 20;

/// Pieces of this length go to a disk.
pub(super) const DISK_PIECE: usize = 1 << 20;

/// Writes one object. Dropped, or given up by [`ObjectWriter::abort`], it leaves nothing that can be read.
#[derive(Debug)]
pub struct ObjectWriter {
    upload: Box<dyn MultipartUpload>,
    pending: PutPayloadMut,
    piece: usize,
}

impl ObjectWriter {
    pub(super) fn new(upload: Box<dyn MultipartUpload>, piece: usize) -> Self {
        Self { upload, pending: PutPayloadMut::new(), piece }
    }

    /// Adds bytes at the end; at most one piece is held in memory.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.pending.push(bytes);
        if self.pending.content_length() >= self.piece {
            self.flush().await?;
        }
        Ok(())
    }

    /// Makes the object: from now on it can be read under its key, whole.
    pub async fn publish(mut self) -> Result<(), StoreError> {
        self.flush().await?;
        self.upload.complete().await?;
        Ok(())
    }

    /// Gives the object up, and what was written of it.
    pub async fn abort(mut self) -> Result<(), StoreError> {
        self.upload.abort().await?;
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        let piece = std::mem::take(&mut self.pending).freeze();
        if piece.content_length() > 0 {
            self.upload.put_part(piece).await?;
        }
        Ok(())
    }
}
