//! Where a film's bytes come from: the parent's side of the media process's reads.

use std::{fs::File, os::unix::fs::FileExt, path::Path, sync::Arc};

use bytes::Bytes;
use futures::future::BoxFuture;

/// A film's bytes, read by range. A mezzanine is an ordered list of parts behind this; a local file is one part.
pub trait ByteSource: Send + Sync {
    /// Length in bytes; does not change.
    fn len(&self) -> u64;

    /// Whether there is no byte at all.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes from `offset` on: at least one and at most `length`, which is at most 8 MiB. Never asked past the
    /// end.
    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>>;
}

/// The stored film could not be read. The text goes to the log, never to the film's owner.
#[derive(Debug, thiserror::Error)]
#[error("film bytes could not be read: {0}")]
pub struct SourceError(pub String);

/// A film that is one local file.
#[derive(Debug)]
pub struct FileSource {
    file: Arc<File>,
    length: u64,
}

impl FileSource {
    /// Opens the file.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(Self { length: metadata.len(), file: Arc::new(file) })
    }
}

impl ByteSource for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>> {
        let file = Arc::clone(&self.file);
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || {
                let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
                let count = file.read_at(&mut bytes, offset)?;
                bytes.truncate(count);
                Ok::<_, std::io::Error>(Bytes::from(bytes))
            });
            match read.await {
                Ok(Ok(bytes)) => Ok(bytes),
                Ok(Err(error)) => Err(SourceError(error.to_string())),
                Err(error) => Err(SourceError(error.to_string())),
            }
        })
    }
}

/// A film in memory, for tests and small inputs.
#[derive(Debug, Clone)]
pub struct MemorySource(pub Bytes);

impl ByteSource for MemorySource {
    fn len(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>> {
        let total = self.0.len();
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(total);
        let end = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX)).min(total);
        let bytes = self.0.slice(start..end);
        Box::pin(async move { Ok(bytes) })
    }
}
