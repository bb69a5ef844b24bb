//! Looking for promised parts in the storage: what is there with the right length counts.

use futures::{StreamExt, TryStreamExt};
use mutoscope_core::{
    crash::{self, Point},
    db::uploads::{self, Promise, Upload, UploadPart},
    store::StoreError,
};

use crate::{
    app::App,
    error::{ApiResult, Fault, PartFault},
};

/// Questions to the storage at a time.
const AT_ONCE: usize = 16;

/// Looks for the parts that were promised and are not known to be stored.
pub(super) async fn promised_parts(app: &App, upload: &Upload) -> ApiResult<Vec<PartFault>> {
    look(app, upload, |part| part.stored_at.is_none()).await
}

/// Looks for every promised part, stored or not: an object may have gone since.
pub(super) async fn all_parts(app: &App, upload: &Upload) -> ApiResult<Vec<PartFault>> {
    look(app, upload, |_| true).await
}

async fn look(app: &App, upload: &Upload, which: impl Fn(&UploadPart) -> bool) -> ApiResult<Vec<PartFault>> {
    let parts = uploads::parts(&app.db, upload.key()).await?;
    let looks = parts.into_iter().filter(which).map(|part| look_at(app, upload, part));
    let faults: Vec<Option<PartFault>> = futures::stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    Ok(faults.into_iter().flatten().collect())
}

/// Marks the part as stored, or as not stored; an object of the wrong length goes at once.
async fn look_at(app: &App, upload: &Upload, part: UploadPart) -> ApiResult<Option<PartFault>> {
    let key = upload.key_of_part(part.number, &part.sha256);
    let fault = match app.store.head(&key).await {
        Ok(stored) => {
            let expected = part.size_bytes.unsigned_abs();
            match stored.size_bytes {
                length if length == expected => None,
                length if length < expected => Some(Fault::TooShort),
                _ => Some(Fault::TooLarge),
            }
        }
        Err(StoreError::NotFound) => Some(Fault::Missing),
        Err(error) => return Err(error.into()),
    };
    match fault {
        // Whoever stored it held it against its SHA-256 first: the storage service, or our own handler of parts.
        None if part.stored_at.is_none() => {
            crash::reached(Point::PartPut);
            let promise = Promise { number: part.number, sha256: part.sha256 };
            uploads::set_stored(&app.db, upload.key(), &promise, app.config.uploads.abandoned_after).await?;
        }
        None => {}
        Some(Fault::Missing) => uploads::forget_part(&app.db, upload.key(), part.number, &part.sha256).await?,
        Some(Fault::TooShort | Fault::TooLarge) => {
            uploads::forget_part(&app.db, upload.key(), part.number, &part.sha256).await?;
            app.store.delete(&key).await?;
        }
    }
    Ok(fault.map(|fault| PartFault { number: part.number, fault }))
}
