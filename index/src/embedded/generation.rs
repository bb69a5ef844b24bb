//! One generation of the index: opened and checked, read, written, and its place in the log.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tantivy::{
    Directory, Index, IndexMeta, IndexReader, IndexSettings, ReloadPolicy, Searcher, TantivyError,
    directory::{
        META_LOCK, ManagedDirectory,
        error::{LockError, OpenReadError},
    },
    index::SegmentComponent,
};

use super::{
    directory::ReadDirectory,
    error::IndexFault,
    fields::{FORMAT, Fields, register_tokenizer},
};

/// Every byte of an index up to this size is checked when it is opened (a quarter of a second); of a larger one the
/// files' presence and length, and what Tantivy finds while reading.
const CHECKED_BYTES: u64 = 256 << 20;

/// Tantivy's file of the last commit.
pub const META: &str = "meta.json";
/// Tantivy's list of its files.
pub const MANAGED: &str = ".managed.json";
/// What a segment consists of, beside what is deleted of it.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Store,
];
/// Commits follow one another by tenths of a second at most.
const LOOKS: usize = 100;

/// An open generation.
pub struct Generation {
    /// Its name in [`super::home::Home`].
    pub name: String,
    /// Its fields.
    pub fields: Fields,
    /// Tantivy's index.
    pub index: Index,
    folder: PathBuf,
    reader: IndexReader,
    /// The commit that `reader` shows.
    shown: AtomicU64,
    /// Length and time of change of the files when they were first met: they are written once.
    seen: Mutex<HashMap<PathBuf, FileMark>>,
    suspect: AtomicBool,
}

/// What is written with a commit, beside the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// [`FORMAT`] when it was written.
    pub format: u32,
    /// The place in the log.
    pub position: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileMark {
    length: u64,
    changed: Option<std::time::SystemTime>,
}

impl Payload {
    /// The payload of a commit at `position`.
    pub fn at(position: i64) -> Self {
        Self { format: FORMAT, position }
    }

    /// As the commit holds it.
    pub fn to_text(self) -> Result<String, IndexFault> {
        Ok(serde_json::to_string(&self)?)
    }

    /// The payload of the last commit.
    pub fn of(meta: &IndexMeta) -> Result<Self, IndexFault> {
        let text = meta.payload.as_deref().ok_or(IndexFault::Format)?;
        let payload: Self = serde_json::from_str(text)?;
        if payload.format == FORMAT { Ok(payload) } else { Err(IndexFault::Format) }
    }
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A new, empty Tantivy index in `folder`.
pub fn create(folder: &Path) -> Result<(Index, Fields), IndexFault> {
    let (fields, schema) = Fields::new();
    let directory = ReadDirectory::open(folder).map_err(TantivyError::from)?;
    let settings = IndexSettings {
        // Batches are small: a thread for each, and the memory that it leaves to the allocator, is worth nothing.
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    };
    let index = Index::create(directory, schema, settings)?;
    register_tokenizer(&index);
    Ok((index, fields))
}

impl Generation {
    /// Opens and checks the generation in `folder`.
    pub fn open(name: String, folder: PathBuf) -> Result<Self, IndexFault> {
        if !folder.is_dir() {
            return Err(IndexFault::Missing);
        }
        let directory = ReadDirectory::open(&folder).map_err(TantivyError::from)?;
        let index = Index::open(directory)?;
        register_tokenizer(&index);
        let lock = index.directory().acquire_lock(&META_LOCK).map_err(lock_fault)?;
        let meta = index.load_metas()?;
        Payload::of(&meta)?;
        let (fields, schema) = Fields::new();
        if index.schema() != schema {
            return Err(IndexFault::Format);
        }
        let mut seen = HashMap::new();
        look_at_files(&index, &meta, &folder, &mut seen)?;
        let checked = check_bytes(&index, &seen)?;
        tracing::debug!(checked, "search index opened");
        drop(lock);
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(4).try_into()?;
        Ok(Self {
            name,
            fields,
            index,
            folder,
            reader,
            shown: AtomicU64::new(meta.opstamp),
            seen: Mutex::new(seen),
            suspect: AtomicBool::new(false),
        })
    }

    /// What the last commit that this process saw holds.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Runs `work`; where it ends in a panic, which a damaged file can cause inside Tantivy, the files are suspect.
    pub fn watched<T>(&self, work: impl FnOnce() -> T) -> T {
        struct Guard<'a>(&'a Generation);
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    self.0.suspect();
                }
            }
        }
        let _guard = Guard(self);
        work()
    }

    /// Looks at the last commit, whoever made it, and shows it from now on.
    ///
    /// # Errors
    /// Those that say what is damaged.
    pub fn refresh(&self) -> Result<Payload, IndexFault> {
        if !self.folder.is_dir() {
            return Err(IndexFault::Missing);
        }
        let (payload, opstamp) = {
            // Held, it keeps merged segments from being removed while their files are looked at.
            let _lock = self.index.directory().acquire_lock(&META_LOCK).map_err(lock_fault)?;
            let meta = self.index.load_metas()?;
            let payload = Payload::of(&meta)?;
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            look_at_files(&self.index, &meta, &self.folder, &mut seen)?;
            if self.suspect.load(Ordering::Acquire) {
                tracing::warn!("search failed on its index: checking its files");
                check_bytes(&self.index, &seen)?;
                self.suspect.store(false, Ordering::Release);
            }
            (payload, meta.opstamp)
        };
        if self.shown.load(Ordering::Acquire) != opstamp {
            self.reader.reload()?;
            self.shown.store(opstamp, Ordering::Release);
        }
        Ok(payload)
    }

    /// Puts links to all files of the last commit into `folder`, which no later change of the index touches; the place of
    /// that commit, and the files' names.
    pub fn link_into(&self, folder: &Path) -> Result<(i64, Vec<PathBuf>), IndexFault> {
        // Held, it keeps merged segments from being removed.
        let _lock = self.index.directory().acquire_lock(&META_LOCK).map_err(lock_fault)?;
        let (meta, bytes) = self.steady_meta()?;
        let mut linked = files(self.index.directory(), &meta)?;
        for file in &linked {
            let (from, to) = (self.folder.join(file), folder.join(file));
            // Not every file system has links.
            if std::fs::hard_link(&from, &to).is_err() {
                std::fs::copy(&from, &to)?;
            }
        }
        std::fs::write(folder.join(META), bytes)?;
        linked.push(PathBuf::from(META));
        Ok((Payload::of(&meta)?.position, linked))
    }

    /// Whether every segment has the files that all have: Tantivy takes some that are absent for empty.
    pub fn is_complete(&self) -> Result<bool, IndexFault> {
        let meta = self.index.load_metas()?;
        let mut needed = meta.segments.iter().flat_map(|segment| COMPONENTS.map(|kind| segment.relative_path(kind)));
        Ok(needed.all(|file| self.folder.join(file).is_file()))
    }

    /// The last commit, and its file byte by byte: it may be replaced between two looks.
    fn steady_meta(&self) -> Result<(IndexMeta, Vec<u8>), IndexFault> {
        let path = self.folder.join(META);
        for _ in 0..LOOKS {
            let before = std::fs::read(&path)?;
            let meta = self.index.load_metas()?;
            if std::fs::read(&path)? == before {
                return Ok((meta, before));
            }
        }
        Err(IndexFault::Locked)
    }

    /// Has every byte checked at the next [`Generation::refresh`].
    pub fn suspect(&self) {
        self.suspect.store(true, Ordering::Release);
    }
}

/// Files are written once: one that is gone, shorter or newer than when it was met was touched by somebody else.
fn look_at_files(
    index: &Index,
    meta: &IndexMeta,
    folder: &Path,
    seen: &mut HashMap<PathBuf, FileMark>,
) -> Result<(), IndexFault> {
    let mut marks = HashMap::new();
    let mut damaged = 0;
    for file in files(index.directory(), meta)? {
        let mark = match std::fs::metadata(folder.join(&file)) {
            Ok(found) => FileMark { length: found.len(), changed: found.modified().ok() },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                damaged += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if seen.get(&file).is_some_and(|met| *met != mark) {
            damaged += 1;
        }
        marks.insert(file, mark);
    }
    if damaged > 0 {
        return Err(IndexFault::Files(damaged));
    }
    *seen = marks;
    Ok(())
}

/// The files of a commit, as Tantivy wrote them down when it made them.
///
/// Read from its list, not asked of it: it holds what guards the list in memory while it waits for the lock of the last
/// commit, which our callers hold.
fn files(directory: &ManagedDirectory, meta: &IndexMeta) -> Result<Vec<PathBuf>, IndexFault> {
    let written: HashSet<PathBuf> = match directory.atomic_read(Path::new(MANAGED)) {
        Ok(list) => serde_json::from_slice(&list)?,
        // Before the first file there is none.
        Err(OpenReadError::FileDoesNotExist(_)) => HashSet::new(),
        Err(error) => return Err(TantivyError::from(error).into()),
    };
    let mut files = Vec::new();
    for segment in &meta.segments {
        let id = segment.id().uuid_string();
        let deleted = segment.delete_opstamp().map(|stamp| format!("{id}.{stamp}.del"));
        let before = files.len();
        for file in &written {
            let name = file.to_str().unwrap_or_default();
            let extension = name.strip_prefix(id.as_str()).unwrap_or_default();
            // Deletions of an earlier commit and the store's draft go when nobody looks.
            let is_passing = extension.ends_with(".del") || extension.ends_with(".temp");
            if (!extension.is_empty() && !is_passing) || deleted.as_deref() == Some(name) {
                files.push(file.clone());
            }
        }
        if files.len() == before {
            return Err(IndexFault::Content("a segment without files"));
        }
    }
    Ok(files)
}

/// Compares every file with the checksum in its footer; whether the index was small enough for that.
fn check_bytes(index: &Index, seen: &HashMap<PathBuf, FileMark>) -> Result<bool, IndexFault> {
    let bytes: u64 = seen.values().map(|mark| mark.length).sum();
    if bytes > CHECKED_BYTES {
        return Ok(false);
    }
    let mut damaged = 0;
    for file in seen.keys() {
        let is_whole = index.directory().validate_checksum(file).map_err(TantivyError::from)?;
        damaged += usize::from(!is_whole);
    }
    if damaged == 0 { Ok(true) } else { Err(IndexFault::Files(damaged)) }
}

fn lock_fault(error: LockError) -> IndexFault {
    TantivyError::LockFailure(error, None).into()
}
