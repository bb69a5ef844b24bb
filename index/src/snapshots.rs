//! Copies of the embedded index in the object store, from which a new or damaged replica begins.
//!
//! A copy is a list of files, named by the place in the log at which it stands and by its own hash; its files are objects
//! of their own, named by their hashes, so that a copy brings only what the one before it had not. The list is written
//! last. Nothing of a copy is believed before it is checked: where it is not what its list says, or the list not what its
//! name says, the database is read instead.

mod list;
mod piece;

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    path::Path,
    time::Duration,
};

use mutoscope_core::{
    db::{Db, DbError, leases, outbox},
    search::SearchError,
    store::{MediaStore, StorageKey, StoreError},
};
use tokio_util::sync::CancellationToken;

use crate::embedded::{EmbeddedSearch, FORMAT};
use list::{List, ListedFile};

/// The right to write copies, and how long another waits for one that died over it.
const COPIER: &str = "index-snapshots";
const RIGHT_LENGTH: Duration = Duration::from_secs(300);

/// So many copies are kept: the last, and the one before it for who reads it at this moment.
const KEPT: usize = 2;

/// So many are tried before the database is read.
const TRIED: usize = 2;

/// At the end of the process a last copy has this long; what it does not get done the next one need not do again.
const LAST_WITHIN: Duration = Duration::from_secs(6);

/// Writes and reads copies of one index; cheap to clone.
#[derive(Debug, Clone)]
pub struct Snapshots {
    db: Db,
    store: MediaStore,
    search: EmbeddedSearch,
    owner: String,
}

/// What came of writing a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It stands at this place.
    Written(i64),
    /// There is one of this place already.
    Unchanged(i64),
    /// Another process writes one.
    Elsewhere,
}

/// A copy could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The database's part.
    #[error("the database could not be asked about copies of the search index")]
    Database(#[from] DbError),
    /// The object store's part.
    #[error("a copy of the search index could not be stored or fetched")]
    Store(#[from] StoreError),
    /// The index's part.
    #[error("the search index could not be copied")]
    Index(#[from] SearchError),
    /// A file on the way.
    #[error("a file of the search index could not be read or written")]
    Io(#[from] std::io::Error),
    /// It is not what it says it is.
    #[error("the copy of the search index is refused: {0}")]
    Refused(&'static str),
}

impl Snapshots {
    /// Copies of `search` in `store`.
    pub fn new(db: Db, store: MediaStore, search: EmbeddedSearch) -> Self {
        Self { db, store, search, owner: format!("copier-{}", uuid::Uuid::new_v4().simple()) }
    }

    /// Writes a copy every `every`, where something changed, and a last one at `stop`.
    pub async fn run(self, every: Duration, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(every) => {}
            }
            // What is half done when the stop comes is done again by the next.
            tokio::select! {
                () = stop.cancelled() => break,
                taken = self.take() => tell(taken),
            }
        }
        match tokio::time::timeout(LAST_WITHIN, self.take()).await {
            Ok(taken) => tell(taken),
            Err(_) => tracing::info!("a last copy of the search index was not done in time: the next start makes one"),
        }
        if let Err(error) = leases::release(&self.db, COPIER, &self.owner).await {
            tracing::debug!(error = &error as &dyn Error, "the right to copy the search index ends by itself");
        }
    }

    /// Writes a copy of the index as it stands, and removes old ones.
    pub async fn take(&self) -> Result<Taken, SnapshotError> {
        if !self.keeps_right().await? {
            return Ok(Taken::Elsewhere);
        }
        let copy = self.search.copy().await?;
        let before = self.all().await?;
        if before.iter().any(|(at, _)| *at == copy.position) {
            return Ok(Taken::Unchanged(copy.position));
        }
        let there: HashMap<String, u64> =
            self.store.list(&StorageKey::index_pieces_prefix(FORMAT)).await?.into_iter().collect();
        let mut files = Vec::with_capacity(copy.files.len());
        for name in &copy.files {
            let path = copy.folder().join(name);
            let file = piece::describe(name, &path).await?;
            if !is_there(&there, &file)? {
                // A long copy keeps its right; one that lost it stops before it names what another may have removed.
                if !self.keeps_right().await? {
                    return Ok(Taken::Elsewhere);
                }
                piece::store(&self.store, &file, &path).await?;
            }
            files.push(file);
        }
        let (key, bytes) = List { position: copy.position, files }.to_object()?;
        self.store.put(&key, bytes).await?;
        self.sweep().await?;
        Ok(Taken::Written(copy.position))
    }

    /// Makes the index of the newest copy that is sound the one in use; its place, or `None` where there is none.
    pub async fn restore(&self) -> Result<Option<i64>, SnapshotError> {
        // One that is further than the log is of a platform that was put back to an earlier state.
        let end = outbox::end(&self.db).await?;
        let mut tried = 0;
        for (position, key) in self.all().await?.into_iter().rev().filter(|(position, _)| *position <= end) {
            match self.restore_from(&key, position).await {
                Ok(()) => return Ok(Some(position)),
                Err(error @ SnapshotError::Index(SearchError::Busy)) => return Err(error),
                Err(error) => {
                    tracing::warn!(position, error = &error as &dyn Error, "a copy of the search index is passed over");
                }
            }
            tried += 1;
            if tried == TRIED {
                break;
            }
        }
        Ok(None)
    }

    async fn restore_from(&self, key: &StorageKey, position: i64) -> Result<(), SnapshotError> {
        let list = self.list(key).await?;
        if list.position != position {
            return Err(SnapshotError::Refused("its list is of another place"));
        }
        let import = self.search.import().await?;
        let folder = import.folder();
        for file in &list.files {
            piece::fetch(&self.store, file, &folder.join(Path::new(&file.name))).await?;
        }
        import.finish(list.files.into_iter().map(|file| file.name).collect(), position).await?;
        Ok(())
    }

    async fn list(&self, key: &StorageKey) -> Result<List, SnapshotError> {
        let length = self.store.head(key).await?.size_bytes;
        if length > list::MAX_BYTES {
            return Err(SnapshotError::Refused("its list is too long"));
        }
        List::from_object(key, &self.store.get(key).await?)
    }

    /// All copies, the oldest first.
    async fn all(&self) -> Result<Vec<(i64, StorageKey)>, SnapshotError> {
        let found = self.store.list(&StorageKey::index_snapshots_prefix(FORMAT)).await?;
        let mut all: Vec<(i64, StorageKey)> = found
            .into_iter()
            .filter_map(|(path, _)| {
                let key = StorageKey::index_snapshot_at(&path)?;
                match key {
                    StorageKey::IndexSnapshot { position, .. } => Some((position, key)),
                    _ => None,
                }
            })
            .collect();
        all.sort_by_key(|(position, _)| *position);
        Ok(all)
    }

    /// Removes all but the last copies, and what no copy names any more.
    async fn sweep(&self) -> Result<(), SnapshotError> {
        let end = outbox::end(&self.db).await?;
        let mut all = self.all().await?;
        let beyond = all.iter().position(|(position, _)| *position > end).unwrap_or(all.len());
        let mut gone = all.split_off(beyond);
        let kept = all.split_off(all.len().saturating_sub(KEPT));
        gone.extend(all);
        let mut named = HashSet::new();
        for (position, key) in kept {
            match self.list(&key).await {
                Ok(list) => {
                    for file in &list.files {
                        named.insert(
                            file.key().path().map_err(|_| SnapshotError::Refused("a hash that is none"))?.to_string(),
                        );
                    }
                }
                Err(SnapshotError::Refused(why)) => {
                    tracing::warn!(position, why, "a copy of the search index is not sound and goes");
                    gone.push((position, key));
                }
                Err(error) => return Err(error),
            }
        }
        // A copy goes before its files do.
        for (_, key) in gone {
            self.store.delete(&key).await?;
        }
        self.store.delete_others(&StorageKey::index_pieces_prefix(FORMAT), &named).await?;
        if let Some(earlier) = FORMAT.checked_sub(1) {
            self.store.delete_prefix(&StorageKey::index_snapshots_prefix(earlier)).await?;
            self.store.delete_prefix(&StorageKey::index_pieces_prefix(earlier)).await?;
        }
        Ok(())
    }

    async fn keeps_right(&self) -> Result<bool, SnapshotError> {
        Ok(leases::hold(&self.db, COPIER, &self.owner, RIGHT_LENGTH).await?.is_some())
    }
}

fn is_there(there: &HashMap<String, u64>, file: &ListedFile) -> Result<bool, SnapshotError> {
    let path = file.key().path().map_err(|_| SnapshotError::Refused("a hash that is none"))?;
    Ok(there.get(path.as_ref()) == Some(&file.bytes))
}

fn tell(taken: Result<Taken, SnapshotError>) {
    match taken {
        Ok(Taken::Written(position)) => tracing::info!(position, "the search index was copied to the storage"),
        Ok(Taken::Unchanged(_) | Taken::Elsewhere) => {}
        // There is nothing to copy yet.
        Err(SnapshotError::Index(SearchError::Damaged(_))) => {}
        Err(error) => {
            tracing::warn!(error = &error as &dyn Error, "the search index could not be copied; it is tried again");
        }
    }
}
