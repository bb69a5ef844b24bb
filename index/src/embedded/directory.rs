//! Tantivy's folder, read without memory maps.
//!
//! A mapped file that loses its end, or lies on a disk that fails, ends the whole process by SIGBUS. Read, the same is an
//! error that is answered by a rebuild. Files that are small are held; the rest is read piece by piece through the page
//! cache.

use std::{
    collections::HashMap,
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tantivy::{
    Directory, HasLen,
    directory::{
        DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
    },
};

/// Files up to this size are held in memory while they are open.
const HELD_BYTES: u64 = 256 * 1024;

/// A folder whose files are read, never mapped; everything but reading is Tantivy's own.
#[derive(Debug, Clone)]
pub struct ReadDirectory {
    inner: MmapDirectory,
    root: PathBuf,
    /// A commit opens every segment again: files that are open are shared.
    open: Arc<Mutex<HashMap<PathBuf, Weak<dyn FileHandle>>>>,
}

impl ReadDirectory {
    /// Opens a folder that exists.
    pub fn open(root: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self { inner: MmapDirectory::open(root)?, root: root.to_owned(), open: Arc::default() })
    }
}

impl Directory for ReadDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        // Files are written once: a name means the same bytes for ever.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = open.get(path).and_then(Weak::upgrade) {
            return Ok(handle);
        }
        let handle = read_handle(&self.root.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })?;
        open.retain(|_, handle| handle.strong_count() > 0);
        open.insert(path.to_owned(), Arc::downgrade(&handle));
        Ok(handle)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

fn read_handle(path: &Path) -> io::Result<Arc<dyn FileHandle>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let handle = ReadFile { file, length: usize::try_from(length).map_err(io::Error::other)? };
    if length <= HELD_BYTES { Ok(Arc::new(handle.read_bytes(0..handle.length)?)) } else { Ok(Arc::new(handle)) }
}

/// An open file that is read by ranges.
#[derive(Debug)]
struct ReadFile {
    file: File,
    length: usize,
}

impl HasLen for ReadFile {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for ReadFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.length {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "beyond the end of the file"));
        }
        let mut bytes = vec![0; range.len()];
        self.file.read_exact_at(&mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }
}
