//! The data folder and who uses it: made for its owner alone, one running platform at a time.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    str::FromStr,
};

use mutoscope_core::store::StoreSettings;
use rustix::fs::Mode;
use uuid::Uuid;

use super::{Config, reader::Reader};

/// Which work this process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// HTTP: API, web app, delivery.
    pub api: bool,
    /// Plans and spans.
    pub transcode: bool,
    /// Feeds the search index.
    pub index: bool,
}

/// The folder as it is after [`DataFolder::prepare`].
#[derive(Debug)]
pub struct DataFolder;

/// The right to run on a data folder, until it is dropped or the process ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
    instance: Uuid,
}

/// The data folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// It can't be made or written.
    #[error("the data folder {0} can't be used")]
    Io(String, #[source] io::Error),
    /// Another process runs on it.
    #[error("another mutoscope runs on the data folder {0}; stop it first, or choose another with --data")]
    InUse(String),
}

impl Roles {
    /// Everything in one process.
    pub const ALL: Self = Self { api: true, transcode: true, index: true };

    pub(super) fn read(reader: &mut Reader) -> Self {
        let Some(named) = reader.list::<Role>("roles") else {
            return Self::ALL;
        };
        if named.is_empty() {
            reader.fault("roles", "name one role at least: api, transcode, index");
        }
        Self {
            api: named.contains(&Role::Api),
            transcode: named.contains(&Role::Transcode),
            index: named.contains(&Role::Index),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Api,
    Transcode,
    Index,
}

impl FromStr for Role {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "api" => Ok(Self::Api),
            "transcode" => Ok(Self::Transcode),
            "index" => Ok(Self::Index),
            _ => Err("there is no such role; there are api, transcode and index"),
        }
    }
}

impl DataFolder {
    /// Makes what is not there yet, mode 0700; from now on this process makes no file that others may read.
    pub fn prepare(config: &Config) -> Result<(), DataFolderError> {
        rustix::process::umask(Mode::RWXG | Mode::RWXO);
        let mut folders = vec![config.data.clone()];
        folders.extend(["db", "index", "keys"].map(|name| config.data.join(name)));
        if let StoreSettings::Folder(objects) = &config.storage {
            folders.push(objects.clone());
        }
        for folder in folders {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|error| failed(&folder, error))?;
        }
        Ok(())
    }

    /// Takes the right to run here.
    pub fn lock(data: &Path) -> Result<DataLock, DataFolderError> {
        let path = data.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| failed(&path, error))?;
        match file.try_lock() {
            Ok(()) => {
                let instance = instance_in(&file).map_err(|error| failed(&path, error))?;
                Ok(DataLock { _file: file, instance })
            }
            Err(TryLockError::WouldBlock) => Err(DataFolderError::InUse(data.display().to_string())),
            Err(TryLockError::Error(error)) => Err(failed(&path, error)),
        }
    }

    /// Whether a platform runs on the folder now.
    pub fn is_in_use(data: &Path) -> Result<bool, DataFolderError> {
        if !fs::exists(data.join("lock")).map_err(|error| failed(data, error))? {
            return Ok(false);
        }
        match Self::lock(data) {
            Ok(_) => Ok(false),
            Err(DataFolderError::InUse(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

impl DataLock {
    /// Names whoever runs on this folder, one process after another: what an earlier one left in its hands is known by it.
    pub fn instance(&self) -> Uuid {
        self.instance
    }
}

/// The name that is kept in the lock's file; made where there is none, or none that can be read.
fn instance_in(mut file: &File) -> io::Result<Uuid> {
    let mut text = String::new();
    // Some other bytes are as good as none.
    let kept = file.take(64).read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
    if let Some(instance) = kept {
        return Ok(instance);
    }
    let instance = Uuid::new_v4();
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(instance.to_string().as_bytes())?;
    Ok(instance)
}

fn failed(path: &Path, error: io::Error) -> DataFolderError {
    DataFolderError::Io(path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_name_from_one_process_to_the_next_and_has_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let lock = DataFolder::lock(folder.path()).unwrap();
        let name = lock.instance();
        assert!(matches!(DataFolder::lock(folder.path()), Err(DataFolderError::InUse(_))));
        drop(lock);
        assert_eq!(DataFolder::lock(folder.path()).unwrap().instance(), name);
        // A name that was half written is as good as none.
        fs::write(folder.path().join("lock"), &name.to_string()[..20]).unwrap();
        let other = DataFolder::lock(folder.path()).unwrap().instance();
        assert_ne!(other, name);
        assert_eq!(DataFolder::lock(folder.path()).unwrap().instance(), other);
    }
}
