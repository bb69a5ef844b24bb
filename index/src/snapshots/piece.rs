//! One file of a copy, to the store and from it, piece by piece: it may be larger than memory.

use std::path::Path;

use bytes::Bytes;
use futures::StreamExt;
use mutoscope_core::store::MediaStore;
use sha2::{Digest, Sha256};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt},
};

use super::{SnapshotError, list::ListedFile};

/// Files up to this length go in one request.
const IN_ONE_REQUEST: u64 = 8 << 20;
const CHUNK_BYTES: usize = 1 << 20;

/// What the list says of the file at `path`.
pub async fn describe(name: &str, path: &Path) -> Result<ListedFile, SnapshotError> {
    let mut file = File::open(path).await?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = file.read(&mut chunk).await?;
        if count == 0 {
            break;
        }
        hash.update(&chunk[..count]);
        bytes += count as u64;
    }
    Ok(ListedFile { name: name.to_owned(), bytes, sha256: hex::encode(hash.finalize()) })
}

/// Stores it.
pub async fn store(store: &MediaStore, file: &ListedFile, path: &Path) -> Result<(), SnapshotError> {
    if file.bytes <= IN_ONE_REQUEST {
        store.put(&file.key(), tokio::fs::read(path).await?.into()).await?;
        return Ok(());
    }
    let mut from = File::open(path).await?;
    let mut writer = store.writer(&file.key()).await?;
    let written = async {
        loop {
            let mut chunk = vec![0; CHUNK_BYTES];
            let count = from.read(&mut chunk).await?;
            if count == 0 {
                return Ok::<(), SnapshotError>(());
            }
            chunk.truncate(count);
            writer.write(Bytes::from(chunk)).await?;
        }
    };
    match written.await {
        Ok(()) => Ok(writer.publish().await?),
        Err(error) => {
            writer.abort().await?;
            Err(error)
        }
    }
}

/// Fetches it to `path`.
///
/// # Errors
/// [`SnapshotError::Refused`] where it is not the file that the list names.
pub async fn fetch(store: &MediaStore, file: &ListedFile, path: &Path) -> Result<(), SnapshotError> {
    let mut to = File::create_new(path).await?;
    let mut hash = Sha256::new();
    let mut bytes: u64 = 0;
    if file.bytes > 0 {
        let mut stream = store.stream(&file.key(), 0..file.bytes).await?;
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            bytes += chunk.len() as u64;
            if bytes > file.bytes {
                break;
            }
            hash.update(&chunk);
            to.write_all(&chunk).await?;
        }
    }
    to.flush().await?;
    if bytes != file.bytes || hex::encode(hash.finalize()) != file.sha256 {
        return Err(SnapshotError::Refused("a file of it is not the one that was written"));
    }
    Ok(())
}
