//! The folder of the index: generations beside one another, and a pointer that names the one in use.
//!
//! ```text
//! search/current            the name of the generation in use, replaced by rename
//! search/rebuild.lock       held by whoever makes a generation; all but the current one are rubbish then
//! search/g-0193c0de.../     a generation: one Tantivy index
//! search/copy-0193c0de.../  links to the files of a generation while they are copied elsewhere
//! ```
//!
//! A rebuild in another process needs no message: who uses the index looks at the pointer before every use.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::error::IndexFault;

const POINTER: &str = "current";
const POINTER_BEING_WRITTEN: &str = "current.new";
const LOCK: &str = "rebuild.lock";
const PREFIX: &str = "g-";
const COPY_PREFIX: &str = "copy-";

/// The folder of the index.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

/// The right to make a generation, and the folder it is made in. Dropped before it is finished, the folder goes.
#[derive(Debug)]
pub struct Workshop {
    home: Home,
    name: String,
    finished: bool,
    _lock: File,
}

impl Home {
    /// The folder at `root`; made where it is not there.
    pub fn at(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// The name of the generation in use.
    ///
    /// # Errors
    /// [`IndexFault::Missing`] where there is none, [`IndexFault::Content`] where the pointer names nothing of ours.
    pub fn current(&self) -> Result<String, IndexFault> {
        let text = match fs::read(self.root.join(POINTER)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(IndexFault::Missing),
            Err(error) => return Err(error.into()),
        };
        let name = std::str::from_utf8(&text).unwrap_or("").trim_end();
        let is_ours = name.strip_prefix(PREFIX).is_some_and(|id| Uuid::try_parse(id).is_ok());
        if is_ours { Ok(name.to_owned()) } else { Err(IndexFault::Content("a pointer that names no generation")) }
    }

    /// The folder of a generation.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A place for a new generation. What earlier tries left behind goes.
    ///
    /// # Errors
    /// [`IndexFault::Locked`] while somebody else makes one.
    pub fn begin(&self) -> Result<Workshop, IndexFault> {
        fs::create_dir_all(&self.root)?;
        let lock = File::options().create(true).truncate(false).write(true).open(self.root.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(IndexFault::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        self.sweep()?;
        let name = format!("{PREFIX}{}", Uuid::now_v7().hyphenated());
        fs::create_dir(self.folder(&name))?;
        Ok(Workshop { home: self.clone(), name, finished: false, _lock: lock })
    }

    /// A folder for a copy; those of earlier processes go.
    pub fn begin_copy(&self) -> Result<PathBuf, IndexFault> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(COPY_PREFIX)) {
                remove(&entry.path());
            }
        }
        let folder = self.root.join(format!("{COPY_PREFIX}{}", Uuid::now_v7().hyphenated()));
        fs::create_dir(&folder)?;
        Ok(folder)
    }

    /// Removes what earlier generations left behind; `false` where one is being made right now, and nothing was removed.
    pub fn tidy(&self) -> Result<bool, IndexFault> {
        match self.lock() {
            Ok(_lock) => self.sweep().map(|()| true),
            Err(IndexFault::Locked) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    fn lock(&self) -> Result<File, IndexFault> {
        let lock = File::options().create(true).truncate(false).write(true).open(self.root.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(IndexFault::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Removes every generation but the current one. Only for the holder of the lock.
    fn sweep(&self) -> Result<(), IndexFault> {
        // Where the pointer is damaged, nothing can be told from the folders: a new one is being made anyway.
        let current = self.current().ok();
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_generation = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
            if is_generation && name.to_str() != current.as_deref() {
                remove(&entry.path());
            }
        }
        Ok(())
    }
}

impl Workshop {
    /// Where the new generation is made.
    pub fn folder(&self) -> PathBuf {
        self.home.folder(&self.name)
    }

    /// The name that the new generation will have.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the new generation the one in use, and removes the others.
    pub fn finish(mut self) -> Result<(), IndexFault> {
        let root = &self.home.root;
        let beside = root.join(POINTER_BEING_WRITTEN);
        let mut pointer = File::create(&beside)?;
        writeln!(pointer, "{}", self.name)?;
        pointer.sync_all()?;
        File::open(self.folder())?.sync_all()?;
        fs::rename(&beside, root.join(POINTER))?;
        self.finished = true;
        File::open(root)?.sync_all()?;
        self.home.sweep()
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        if !self.finished {
            remove(&self.folder());
        }
    }
}

/// Removes a generation or a copy. What somebody writes into it meanwhile, who has not looked at the pointer yet, goes next time.
pub fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(error = &error as &dyn std::error::Error, "an old index goes with the next rebuild");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pointer_names_the_last_generation_that_was_finished() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("search")).unwrap();
        assert!(matches!(home.current(), Err(IndexFault::Missing)));

        let first = home.begin().unwrap();
        assert!(matches!(home.begin(), Err(IndexFault::Locked)));
        let first_name = first.name.clone();
        first.finish().unwrap();
        assert_eq!(home.current().unwrap(), first_name);

        let given_up = home.begin().unwrap().folder();
        assert!(!given_up.exists());
        assert_eq!(home.current().unwrap(), first_name);

        home.begin().unwrap().finish().unwrap();
        assert_ne!(home.current().unwrap(), first_name);
        assert!(!home.folder(&first_name).exists());
    }

    #[test]
    fn a_pointer_that_leads_elsewhere_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        for text in ["", "../../etc", "g-../x", "g-", "\u{0}\n"] {
            fs::write(folder.path().join(POINTER), text).unwrap();
            assert!(home.current().unwrap_err().is_damage(), "{text:?}");
        }
    }
}
