//! The list of what a copy is made of: an object, read as something that anybody may have written.

use std::collections::HashSet;

use bytes::Bytes;
use mutoscope_core::store::StorageKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::SnapshotError;
use crate::embedded::{FORMAT, is_index_file};

/// A list is no longer.
pub const MAX_BYTES: u64 = 1 << 20;
/// A copy has no more files, and no more bytes in them.
const MAX_FILES: usize = 4096;
const MAX_COPY_BYTES: u64 = 64 << 30;

const SHA256_HEX: usize = 64;

/// What a copy is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The place in the log at which it stands.
    pub position: i64,
    /// Its files.
    pub files: Vec<ListedFile>,
}

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedFile {
    /// In the folder of the index.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

impl ListedFile {
    /// Where its content lies.
    pub fn key(&self) -> StorageKey {
        StorageKey::IndexPiece { format: FORMAT, sha256: self.sha256.clone() }
    }
}

impl List {
    /// The object, and its key.
    pub fn to_object(&self) -> Result<(StorageKey, Bytes), SnapshotError> {
        let bytes = serde_json::to_vec(self).map_err(std::io::Error::other)?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Ok((StorageKey::IndexSnapshot { format: FORMAT, position: self.position, sha256 }, bytes.into()))
    }

    /// Reads what lies under `key`.
    pub fn from_object(key: &StorageKey, bytes: &[u8]) -> Result<Self, SnapshotError> {
        let StorageKey::IndexSnapshot { sha256, .. } = key else {
            return Err(SnapshotError::Refused("it has no list"));
        };
        if !hex::encode(Sha256::digest(bytes)).starts_with(sha256.as_str()) {
            return Err(SnapshotError::Refused("its list is not the one that was written"));
        }
        let list: Self = serde_json::from_slice(bytes).map_err(|_| SnapshotError::Refused("its list can't be read"))?;
        list.check()?;
        Ok(list)
    }

    fn check(&self) -> Result<(), SnapshotError> {
        if self.files.len() > MAX_FILES {
            return Err(SnapshotError::Refused("it has too many files"));
        }
        let mut names = HashSet::new();
        let mut bytes: u64 = 0;
        for file in &self.files {
            if !is_index_file(&file.name) {
                return Err(SnapshotError::Refused("it has a file with a name that no index has"));
            }
            if !names.insert(&file.name) {
                return Err(SnapshotError::Refused("it has a file twice"));
            }
            let is_hash = file.sha256.len() == SHA256_HEX
                && file.sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            if !is_hash {
                return Err(SnapshotError::Refused("it has a file without a hash"));
            }
            bytes = bytes.saturating_add(file.bytes);
        }
        if bytes > MAX_COPY_BYTES { Err(SnapshotError::Refused("it is too large")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(name: &str, bytes: u64, sha256: &str) -> List {
        let file = ListedFile { name: name.to_owned(), bytes, sha256: sha256.to_owned() };
        List { position: 7, files: vec![file] }
    }

    fn read_back(list: &List) -> Result<List, SnapshotError> {
        let (key, bytes) = list.to_object().unwrap();
        let path = key.path().unwrap();
        List::from_object(&StorageKey::index_snapshot_at(path.as_ref()).unwrap(), &bytes)
    }

    #[test]
    fn a_list_is_read_back_by_its_path() {
        let sound = list("meta.json", 12, &"0f".repeat(32));
        assert_eq!(read_back(&sound).unwrap(), sound);
        let (key, _) = sound.to_object().unwrap();
        let other = list("meta.json", 13, &"0f".repeat(32)).to_object().unwrap().1;
        assert!(List::from_object(&key, &other).is_err(), "another list under its name");
    }

    #[test]
    fn a_list_that_could_do_harm_is_refused() {
        let hash = "0f".repeat(32);
        let mut twice = list("meta.json", 1, &hash);
        twice.files.push(twice.files[0].clone());
        let mut many = list("meta.json", 1, &hash);
        many.files =
            (0..=MAX_FILES).map(|n| ListedFile { name: format!("{n:032x}.store"), ..many.files[0].clone() }).collect();
        let mut huge = list("meta.json", u64::MAX, &hash);
        huge.files.push(ListedFile { name: format!("{}.store", "0".repeat(32)), ..huge.files[0].clone() });
        let hostile = [
            list("../../keys/signing.json", 1, &hash),
            list("/etc/passwd", 1, &hash),
            list("current", 1, &hash),
            list("meta.json", MAX_COPY_BYTES + 1, &hash),
            list("meta.json", 1, "../../x"),
            list("meta.json", 1, ""),
            twice,
            many,
            huge,
        ];
        for list in hostile {
            assert!(matches!(read_back(&list), Err(SnapshotError::Refused(_))), "{:?}", list.files.first());
        }
        for text in ["", "{}", "[]", "{\"position\":1,\"files\":[],\"more\":1}", "\u{0}"] {
            let sha256 = hex::encode(Sha256::digest(text));
            let key = StorageKey::IndexSnapshot { format: FORMAT, position: 1, sha256 };
            assert!(List::from_object(&key, text.as_bytes()).is_err(), "{text:?}");
        }
    }
}
