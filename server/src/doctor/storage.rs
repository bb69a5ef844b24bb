//! The storage: writes, reads back and deletes, as the roles do.

use bytes::Bytes;
use mutoscope_core::{
    id::{UploadId, VideoId},
    store::{MediaStore, StorageKey, StoreError, StoreSettings},
};
use sha2::{Digest, Sha256};

use super::Finding;
use crate::{commands::platform::with_causes, config::Config};

/// As large as a small segment.
const BYTES: usize = 256 * 1024;

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    if let StoreSettings::Folder(folder) = &config.storage
        && !folder.exists()
    {
        return vec![Finding::skipped(format!("the first start makes {}", folder.display()))];
    }
    let store = match MediaStore::open(&config.storage) {
        Ok(store) => store,
        Err(error) => return vec![Finding::wrong(with_causes(&error), advice(&config.storage))],
    };
    let (key, bytes, sha256) = object();
    let began = std::time::Instant::now();
    let tried = try_out(&store, &key, bytes, &sha256).await;
    let took = began.elapsed();
    // Whatever came of it, nothing of ours stays.
    let deleted = store.delete(&key).await;
    match (tried, deleted) {
        (Ok(()), Ok(())) => {
            vec![Finding::good(format!("an object was written, read back and deleted in {} ms", took.as_millis()))]
        }
        (Err((what, error)), _) => {
            vec![Finding::wrong(format!("an object can't be {what}: {}", with_causes(&error)), advice(&config.storage))]
        }
        (Ok(()), Err(error)) => {
            let found = format!("an object can't be deleted: {}", with_causes(&error));
            vec![Finding::wrong(found, "let the key delete objects: what is removed would stay for ever")]
        }
    }
}

/// An object that no film names, its bytes and their hash.
pub(super) fn object() -> (StorageKey, Bytes, [u8; 32]) {
    let bytes: Bytes = (0..BYTES).map(|i| (i % 251) as u8).collect();
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    let (video_id, upload_id) = (VideoId::new(), UploadId::new());
    (StorageKey::UploadPart { video_id, upload_id, number: 1, sha256: hex::encode(sha256) }, bytes, sha256)
}

async fn try_out(
    store: &MediaStore,
    key: &StorageKey,
    bytes: Bytes,
    sha256: &[u8; 32],
) -> Result<(), (&'static str, StoreError)> {
    store.put(key, bytes).await.map_err(|error| ("written", error))?;
    store.get_checked(key, &hex::encode(sha256)).await.map_err(|error| ("read back", error))?;
    store.get_range(key, 10..20).await.map_err(|error| ("read in part", error))?;
    let prefix = key.path().map_err(|error| ("named", StoreError::Settings(error.to_string())))?.to_string();
    let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
    store.list(folder).await.map_err(|error| ("listed", error))?;
    Ok(())
}

fn advice(settings: &StoreSettings) -> String {
    match settings {
        StoreSettings::Folder(folder) => {
            format!(
                "see whether the disk is mounted and has room, and whether this user may write {}",
                folder.display()
            )
        }
        StoreSettings::S3(_) => {
            "see whether storage.endpoint is reachable from here, the bucket is there, and the key may put, \
            get, list and delete in it"
                .to_owned()
        }
    }
}
