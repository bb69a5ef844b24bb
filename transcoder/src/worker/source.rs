//! The mezzanine as the media process asks for it: byte ranges across the parts of an upload.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::future::BoxFuture;
use mutoscope_core::{
    db::{Db, uploads},
    id::VideoId,
    store::{MediaStore, Mezzanine, ReadAhead, StoreError},
};

use super::error::JobError;
use crate::jail::{ByteSource, SourceError};

/// What is fetched from a service ahead of a media process, which asks for a mebibyte at a time: a film's index of some
/// megabytes in a few requests, and the bytes of the next segments while these are made.
const AHEAD_BYTES: u64 = 4 << 20;

/// A mezzanine, and what went wrong when it was read: the media process is told only that something did.
#[derive(Debug)]
pub(super) struct MezzanineSource {
    mezzanine: ReadAhead<Mezzanine>,
    fault: Mutex<Option<StoreError>>,
}

impl MezzanineSource {
    /// The mezzanine of a video whose upload is complete.
    pub(super) async fn open(db: &Db, store: &MediaStore, video_id: VideoId) -> Result<Arc<Self>, JobError> {
        let parts = uploads::mezzanine(db, video_id).await?;
        // A disk of our own reads ahead by itself.
        let ahead_bytes = if store.is_remote() { AHEAD_BYTES } else { 0 };
        let mezzanine = ReadAhead::new(Mezzanine::new(store.clone(), parts), ahead_bytes);
        Ok(Arc::new(Self { mezzanine, fault: Mutex::new(None) }))
    }

    /// What went wrong last, once.
    pub(super) fn take_fault(&self) -> Option<StoreError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ByteSource for MezzanineSource {
    fn len(&self) -> u64 {
        self.mezzanine.length()
    }

    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>> {
        Box::pin(async move {
            let end = offset.saturating_add(u64::from(length));
            self.mezzanine.read(offset..end).await.map_err(|error| {
                let text = error.to_string();
                *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                SourceError(text)
            })
        })
    }
}
