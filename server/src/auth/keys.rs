//! Signing keys: made at first run, mode 0600, two valid at a time, read again when the file changes.

mod file;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::{Duration, SystemTime},
};

use aws_lc_rs::hmac;
use tokio_util::sync::CancellationToken;

pub use file::KeyFileError;

/// How soon a rotation is noticed by a running process.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What a key signs. Each purpose has a key of its own, derived from the signing key, so that nothing made for one
/// purpose is good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Access tokens.
    AccessToken,
    /// Links to the parts of an upload.
    UploadLink,
    /// Who watched, once a day.
    Viewer,
}

/// The signing keys of the platform; cheap to clone.
#[derive(Clone)]
pub struct SigningKeys {
    path: Arc<Path>,
    set: Arc<RwLock<Arc<KeySet>>>,
}

/// The keys that are valid now.
#[derive(Clone)]
pub struct KeySet {
    /// The newest first; it signs.
    keys: Vec<SigningKey>,
    read_at: Option<SystemTime>,
}

#[derive(Clone)]
struct SigningKey {
    id: String,
    secret: [u8; 32],
}

impl SigningKeys {
    /// Reads the keys in `path`, or makes the first one there.
    ///
    /// # Errors
    /// Where the file can't be read, written or understood, or where others on this machine may read it.
    pub fn open(path: PathBuf) -> Result<Self, KeyFileError> {
        let set = file::read_or_make(&path)?;
        Ok(Self { path: path.into(), set: Arc::new(RwLock::new(Arc::new(set))) })
    }

    /// Makes a new key beside the newest one in `path`; older ones are no longer valid.
    pub fn rotate(path: &Path) -> Result<(), KeyFileError> {
        file::rotate(path)
    }

    /// The keys that are valid now.
    pub fn current(&self) -> Arc<KeySet> {
        match self.set.read() {
            Ok(set) => set.clone(),
            // Nothing can fail while the lock is held; a poisoned one still holds a whole set.
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Takes over what a rotation writes, until `stop`.
    pub async fn watch(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if file::changed_at(&self.path) == self.current().read_at {
                continue;
            }
            match file::read(&self.path) {
                Ok(set) => {
                    tracing::info!(key.id = set.newest().0, "the signing keys have changed");
                    match self.set.write() {
                        Ok(mut held) => *held = Arc::new(set),
                        Err(poisoned) => *poisoned.into_inner() = Arc::new(set),
                    }
                }
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the signing keys can't be read again; the old ones stay"
                ),
            }
        }
    }
}

impl KeySet {
    /// Id and derived secret of the key that signs now.
    pub fn sign_with(&self, purpose: Purpose) -> (&str, [u8; 32]) {
        let (id, secret) = self.newest();
        (id, derive(secret, purpose))
    }

    /// The derived secret of the key with this id, while it is valid.
    pub fn verify_with(&self, id: &str, purpose: Purpose) -> Option<[u8; 32]> {
        let key = self.keys.iter().find(|key| key.id == id)?;
        Some(derive(&key.secret, purpose))
    }

    /// The id of the signing key and the HMAC-SHA-256 tag of `message` (RFC 2104).
    pub fn tag(&self, purpose: Purpose, message: &[u8]) -> (&str, [u8; 32]) {
        let (id, secret) = self.sign_with(purpose);
        (id, hmac_sha256(&secret, message))
    }

    /// Whether `tag` was made of `message` by the key `id` for this purpose; compared in constant time.
    pub fn tag_fits(&self, id: &str, purpose: Purpose, message: &[u8], tag: &[u8]) -> bool {
        self.verify_with(id, purpose).is_some_and(|secret| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            hmac::verify(&key, message, tag).is_ok()
        })
    }

    fn newest(&self) -> (&str, &[u8; 32]) {
        // A set is never empty: `file::parse` sees to it.
        let key = &self.keys[0];
        (&key.id, &key.secret)
    }
}

impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.keys.iter().map(|key| key.id.as_str()).collect();
        f.debug_tuple("KeySet").field(&ids).finish()
    }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.current().fmt(f)
    }
}

fn derive(secret: &[u8; 32], purpose: Purpose) -> [u8; 32] {
    let label: &[u8] = match purpose {
        Purpose::AccessToken => b"mutoscope access token 1",
        Purpose::UploadLink => b"mutoscope upload link 1",
        Purpose::Viewer => b"mutoscope viewer 1",
    };
    hmac_sha256(secret, label)
}

fn hmac_sha256(secret: &[u8], message: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, message);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> (tempfile::TempDir, PathBuf, SigningKeys) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/signing.json");
        let keys = SigningKeys::open(path.clone()).unwrap();
        (folder, path, keys)
    }

    #[test]
    fn a_tag_is_good_for_its_own_purpose_message_and_key() {
        let (_folder, _, keys) = keys();
        let set = keys.current();
        let (id, tag) = set.tag(Purpose::UploadLink, b"part 1");
        assert!(set.tag_fits(id, Purpose::UploadLink, b"part 1", &tag));
        assert!(!set.tag_fits(id, Purpose::UploadLink, b"part 2", &tag));
        assert!(!set.tag_fits(id, Purpose::Viewer, b"part 1", &tag));
        assert!(!set.tag_fits("other", Purpose::UploadLink, b"part 1", &tag));
        assert!(!set.tag_fits(id, Purpose::UploadLink, b"part 1", &tag[..31]));
    }

    #[test]
    fn two_keys_are_valid_at_a_time() {
        let (_folder, path, first) = keys();
        let (id, tag) = {
            let set = first.current();
            let (id, tag) = set.tag(Purpose::Viewer, b"x");
            (id.to_owned(), tag)
        };
        SigningKeys::rotate(&path).unwrap();
        let second = SigningKeys::open(path.clone()).unwrap().current();
        assert_ne!(second.newest().0, id);
        assert!(second.tag_fits(&id, Purpose::Viewer, b"x", &tag));
        SigningKeys::rotate(&path).unwrap();
        let third = SigningKeys::open(path).unwrap().current();
        assert!(!third.tag_fits(&id, Purpose::Viewer, b"x", &tag));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path, _) = keys();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(SigningKeys::open(path), Err(KeyFileError::OpenToOthers)));
    }

    #[test]
    fn keys_are_never_printed() {
        let (_folder, path, keys) = keys();
        let text: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let secret = text["keys"][0]["secret"].as_str().unwrap();
        assert!(!format!("{keys:?}").contains(secret));
    }
}
