//! The file of signing keys: JSON, written whole beside and renamed, so that no reader sees a half.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    time::SystemTime,
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use mutoscope_core::time::UnixMs;
use serde::{Deserialize, Serialize};

use super::{KeySet, SigningKey};
use crate::auth::random;

/// Keys valid at a time: the one that signs, and the one before it.
const VALID: usize = 2;

/// The file of signing keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It can't be read or written.
    #[error("the signing keys can't be read or written")]
    Io(#[from] io::Error),
    /// It is not what we write.
    #[error("the file of signing keys is damaged")]
    Json(#[from] serde_json::Error),
    /// It holds no key, or one that is not 32 bytes.
    #[error("the file of signing keys holds no usable key")]
    NoKey,
    /// Others on this machine may read it.
    #[error("the file of signing keys can be read by others on this machine; make it mode 0600")]
    OpenToOthers,
    /// No key could be made.
    #[error(transparent)]
    NoRandomness(#[from] random::NoRandomness),
}

#[derive(Serialize, Deserialize)]
struct Content {
    keys: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    id: String,
    secret: String,
    made_at: UnixMs,
}

pub(super) fn read_or_make(path: &Path) -> Result<KeySet, KeyFileError> {
    match read(path) {
        Err(KeyFileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            let content = Content { keys: vec![new_entry()?] };
            match write_new(path, &content) {
                // Two processes may start at once: the first one's key is everyone's.
                Err(KeyFileError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => other?,
            }
            read(path)
        }
        other => other,
    }
}

pub(super) fn rotate(path: &Path) -> Result<(), KeyFileError> {
    let mut content = match read_content(path) {
        Err(KeyFileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Content { keys: Vec::new() },
        other => other?,
    };
    content.keys.insert(0, new_entry()?);
    content.keys.truncate(VALID);
    let beside = write_beside(path, &content)?;
    fs::rename(&beside, path)?;
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<KeySet, KeyFileError> {
    let read_at = changed_at(path);
    let content = read_content(path)?;
    let mut keys = Vec::new();
    for entry in content.keys.into_iter().take(VALID) {
        let secret = BASE64.decode(&entry.secret).map_err(|_| KeyFileError::NoKey)?;
        keys.push(SigningKey { id: entry.id, secret: secret.try_into().map_err(|_| KeyFileError::NoKey)? });
    }
    if keys.is_empty() {
        return Err(KeyFileError::NoKey);
    }
    Ok(KeySet { keys, read_at })
}

/// When the file was last changed; `None` where that can't be told.
pub(super) fn changed_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn read_content(path: &Path) -> Result<Content, KeyFileError> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers);
    }
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn new_entry() -> Result<Entry, KeyFileError> {
    Ok(Entry {
        id: hex::encode(random::bytes::<8>()?),
        secret: BASE64.encode(random::bytes::<32>()?),
        made_at: UnixMs::now(),
    })
}

/// Fails with [`io::ErrorKind::AlreadyExists`] where there is a file.
fn write_new(path: &Path, content: &Content) -> Result<(), KeyFileError> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let beside = write_beside(path, content)?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    Ok(linked?)
}

fn write_beside(path: &Path, content: &Content) -> Result<std::path::PathBuf, KeyFileError> {
    let name = format!("new-{}", hex::encode(random::bytes::<8>()?));
    let beside = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(content)?)?;
    file.sync_all()?;
    Ok(beside)
}
