//! Which parts are coming in now: of two requests for one part the later one goes on, and the earlier one is given up.
//!
//! A client whose connection broke sends again at once, while we may yet wait for the old one; and nobody can fill the
//! disk by sending one part a thousand times over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use mutoscope_core::id::UploadId;
use tokio_util::sync::CancellationToken;

type Key = (UploadId, i64);

/// Cheap to clone; all clones share one list.
#[derive(Debug, Clone, Default)]
pub struct Receiving {
    parts: Arc<Mutex<HashMap<Key, Arc<CancellationToken>>>>,
}

/// The right to receive a part, until it is dropped or taken over.
#[derive(Debug)]
pub(super) struct Turn {
    receiving: Receiving,
    key: Key,
    given_up: Arc<CancellationToken>,
}

impl Receiving {
    /// Takes the part over from whoever receives it now.
    pub(super) fn begin(&self, upload_id: UploadId, number: i64) -> Turn {
        let key = (upload_id, number);
        let given_up = Arc::new(CancellationToken::new());
        let before = self.with(|parts| parts.insert(key, Arc::clone(&given_up)));
        if let Some(before) = before {
            before.cancel();
        }
        Turn { receiving: self.clone(), key, given_up }
    }

    fn with<T>(&self, change: impl FnOnce(&mut HashMap<Key, Arc<CancellationToken>>) -> T) -> T {
        // Nothing can fail while the lock is held.
        change(&mut self.parts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Turn {
    /// Resolves when another request has taken the part over.
    pub(super) async fn given_up(&self) {
        self.given_up.cancelled().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.receiving.with(|parts| {
            if parts.get(&self.key).is_some_and(|current| Arc::ptr_eq(current, &self.given_up)) {
                parts.remove(&self.key);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_later_request_goes_on_and_nothing_is_left_over() {
        let receiving = Receiving::default();
        let upload = UploadId::new();
        let first = receiving.begin(upload, 1);
        let other = receiving.begin(upload, 2);
        let second = receiving.begin(upload, 1);
        first.given_up().await;
        assert!(!second.given_up.is_cancelled() && !other.given_up.is_cancelled());
        drop(first);
        assert_eq!(receiving.with(|parts| parts.len()), 2);
        drop((second, other));
        assert_eq!(receiving.with(|parts| parts.len()), 0);
    }
}
