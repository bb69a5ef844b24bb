//! Copies every object that rows name from one storage to another: read, held against its hash, written, and read back.

use std::{collections::BTreeSet, io};

use futures::StreamExt;
use mutoscope_core::{
    db::{
        Db, DbError,
        objects::{self, Named, Place},
    },
    store::{InvalidKey, MediaStore, StoreError},
};

use super::{Journal, journal};

/// Objects that are on their way at a time; each is held in memory.
const AT_A_TIME: usize = 8;

const PAGE: i64 = 1000;

/// A copy of all objects.
#[derive(Debug)]
pub struct ObjectCopy<'a> {
    /// Whose rows name them.
    pub names: &'a Db,
    /// Where they are.
    pub from: &'a MediaStore,
    /// Where they go.
    pub to: &'a MediaStore,
    /// Whether an object that was verified before is looked after once more: somebody else may have deleted it.
    pub looks_again: bool,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Objects that rows name.
    pub named: u64,
    /// Of these, those that were brought now.
    pub copied: u64,
    /// Their bytes.
    pub copied_bytes: u64,
    /// The bytes of all that are there.
    pub bytes: u64,
    /// Those that are not what they were.
    pub faulty: Vec<Faulty>,
    /// The plans and uploads that they belong to.
    pub prefixes: BTreeSet<String>,
}

/// An object that the source does not have as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faulty {
    /// Its path below the storage's root.
    pub path: String,
    /// It is there, with other bytes.
    pub is_altered: bool,
    /// A part of an original: nothing can make it again.
    pub is_original: bool,
}

/// Why a copy can't go on; run again, it goes on where it was.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The database.
    #[error("the database does not answer as it should")]
    Database(#[from] DbError),
    /// One of the storages.
    #[error("{0} can't be copied")]
    Storage(String, #[source] StoreError),
    /// A bucket that nobody has made.
    #[error("the new storage is not there; make the bucket first")]
    NoPlace,
    /// A row that names no object of ours.
    #[error("a row names an object that can't be")]
    Key(#[from] InvalidKey),
    /// The file that notes what was copied.
    #[error("what was copied can't be noted")]
    Journal(#[from] io::Error),
}

enum Copied {
    There,
    Brought,
    Faulty(Faulty),
}

impl ObjectCopy<'_> {
    /// Copies what is not there yet, and tells of the progress after each page.
    pub async fn run(&self, journal: &mut Journal, mut tell: impl FnMut(&Outcome)) -> Result<Outcome, TransferError> {
        let mut outcome = Outcome::default();
        let mut place = Place::START;
        while !matches!(place, Place::End) {
            let (page, next) = objects::page(self.names, &place, PAGE).await?;
            place = next;
            if page.is_empty() {
                continue;
            }
            self.copy_page(page, journal, &mut outcome).await?;
            tell(&outcome);
        }
        journal.flush().await?;
        Ok(outcome)
    }

    async fn copy_page(
        &self,
        page: Vec<Named>,
        journal: &mut Journal,
        outcome: &mut Outcome,
    ) -> Result<(), TransferError> {
        let mut waiting = Vec::new();
        for named in page {
            let path = named.key.path()?.to_string();
            outcome.named += 1;
            outcome.prefixes.insert(journal::prefix(&path));
            let is_noted = journal.has(&path, &named.sha256);
            if is_noted && !self.looks_again {
                outcome.bytes += named.size_bytes.unsigned_abs();
            } else {
                waiting.push((path, named, is_noted));
            }
        }
        let mut copies = futures::stream::iter(waiting)
            .map(|(path, named, is_noted)| async move {
                let copied = self.copy_one(&path, &named, is_noted).await;
                (path, named, copied)
            })
            .buffer_unordered(AT_A_TIME);
        while let Some((path, named, copied)) = copies.next().await {
            let bytes = named.size_bytes.unsigned_abs();
            match copied? {
                Copied::Faulty(faulty) => {
                    outcome.faulty.push(faulty);
                    continue;
                }
                Copied::Brought => {
                    outcome.copied += 1;
                    outcome.copied_bytes += bytes;
                }
                Copied::There => {}
            }
            outcome.bytes += bytes;
            journal.add(&path, &named.sha256).await?;
        }
        Ok(())
    }

    async fn copy_one(&self, path: &str, named: &Named, is_noted: bool) -> Result<Copied, TransferError> {
        let failed = |error| TransferError::Storage(path.to_owned(), error);
        let is_there = match self.to.head(&named.key).await {
            Ok(stored) => stored.size_bytes == named.size_bytes.unsigned_abs(),
            Err(StoreError::NotFound) => false,
            Err(error) => return Err(failed(error)),
        };
        if is_there && (is_noted || self.is_whole(named).await.map_err(failed)?) {
            return Ok(Copied::There);
        }
        let bytes = match self.from.get_checked(&named.key, &named.sha256).await {
            Ok(bytes) => bytes,
            Err(error @ (StoreError::NotFound | StoreError::Altered)) => {
                return Ok(Copied::Faulty(Faulty {
                    path: path.to_owned(),
                    is_altered: matches!(error, StoreError::Altered),
                    is_original: !named.can_be_made_again(),
                }));
            }
            Err(error) => return Err(failed(error)),
        };
        match self.to.put(&named.key, bytes).await {
            Err(StoreError::NotFound) => return Err(TransferError::NoPlace),
            put => put.map_err(failed)?,
        }
        if !self.is_whole(named).await.map_err(failed)? {
            return Err(failed(StoreError::Altered));
        }
        Ok(Copied::Brought)
    }

    /// Whether what is there reads back as it must.
    async fn is_whole(&self, named: &Named) -> Result<bool, StoreError> {
        match self.to.get_checked(&named.key, &named.sha256).await {
            Ok(_) => Ok(true),
            Err(StoreError::Altered | StoreError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
