//! What killed writers leave in a folder: files that were never published, and folders that hold nothing.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::StoreError;

/// Removes a folder with all that is in it; one that is not there counts as removed.
pub(super) async fn remove_folder(folder: PathBuf) -> Result<(), StoreError> {
    blocking(move || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
    .await
}

/// Removes files that were never published and not written to for `age`; returns how many.
pub(super) async fn remove_unpublished(root: PathBuf, age: Duration) -> Result<u64, StoreError> {
    blocking(move || {
        let mut count = 0;
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in entries {
                let entry = entry?;
                let path = entry.path();
                match entry.file_type()? {
                    kind if kind.is_dir() => folders.push(path),
                    kind if kind.is_file() && is_unpublished(&path) => count += u64::from(remove_if_old(&path, age)?),
                    _ => {}
                }
            }
        }
        Ok(count)
    })
    .await
}

/// `object_store` writes `NAME#N` and renames it; a key of ours never holds a `#`.
fn is_unpublished(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains('#'))
}

fn remove_if_old(path: &Path, age: Duration) -> std::io::Result<bool> {
    let removed = std::fs::metadata(path).and_then(|metadata| {
        let written = metadata.modified()?;
        let is_old = SystemTime::now().duration_since(written).is_ok_and(|since| since >= age);
        if is_old {
            std::fs::remove_file(path)?;
        }
        Ok(is_old)
    });
    match removed {
        // Published, or removed, meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        other => other,
    }
}

async fn blocking<T, F>(work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce() -> std::io::Result<T> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|ended| Err(std::io::Error::other(ended)))
        .map_err(|source| StoreError::from(object_store::Error::Generic { store: "folder", source: Box::new(source) }))
}
