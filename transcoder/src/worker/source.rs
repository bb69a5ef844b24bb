//! The mezzanine as the media process asks for it: byte ranges across the parts of an upload.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::future::BoxFuture;
use mutoscope_core::{
    db::{Db, uploads},
    id::VideoId,
    store::{MediaStore, Mezzanine, StoreError},
};

use super::error::JobError;
use crate::jail::{ByteSource, SourceError};

/// A mezzanine, and what went wrong when it was read: the media process is told only that something did.
#[derive(Debug)]
pub(super) struct MezzanineSource {
    mezzanine: Mezzanine,
    fault: Mutex<Option<StoreError>>,
}

impl MezzanineSource {
    /// The mezzanine of a video whose upload is complete.
    pub(super) async fn open(db: &Db, store: &MediaStore, video_id: VideoId) -> Result<Arc<Self>, JobError> {
        let parts = uploads::mezzanine(db, video_id).await?;
        let mezzanine = Mezzanine::new(store.clone(), parts);
        Ok(Arc::new(Self { mezzanine, fault: Mutex::new(None) }))
    }

    /// What went wrong last, once.
    pub(super) fn take_fault(&self) -> Option<StoreError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ByteSource for MezzanineSource {
    fn len(&self) -> u64 {
        self.mezzanine.len()
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
