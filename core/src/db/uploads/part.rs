//! One part's way: promised by hash, stored once checked, forgotten where its object was not what was promised.

use std::time::Duration;

use super::{Upload, UploadPart};
use crate::{
    db::{Db, DbError, write},
    id::UploadId,
    time::UnixMs,
};

/// How often the content of one part may be promised anew: links that were signed before stay good for minutes, and
/// each could bring an object.
const MAX_CHANGES: i64 = 8;

/// A content that a client is going to bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// From 1; the upload has a part of this number.
    pub number: i64,
    /// Of the content, lower-case hex.
    pub sha256: String,
}

/// What became of promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promised {
    /// They stand; `replaced` are the contents that they took the place of, whose objects must go.
    Stands {
        /// Stored or not.
        replaced: Vec<UploadPart>,
    },
    /// The upload is gone or complete.
    Closed,
    /// The content of this part was promised anew too often.
    ChangedTooOften {
        /// The part.
        number: i64,
    },
}

/// Promises parts of an unfinished upload, all or none, and moves its end on: from now it may lie still for `lies_still`.
pub async fn promise(
    db: &Db,
    upload: &Upload,
    promises: &[Promise],
    lies_still: Duration,
) -> Result<Promised, DbError> {
    const BEFORE: &str = "SELECT number, sha256, size_bytes, stored_at_ms FROM upload_parts \
        WHERE upload_id = $1 AND number = $2 AND sha256 <> $3";
    const PROMISE: &str = "INSERT INTO upload_parts (upload_id, number, sha256, size_bytes) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (upload_id, number) DO UPDATE SET sha256 = excluded.sha256, \
        stored_at_ms = CASE WHEN upload_parts.sha256 = excluded.sha256 THEN upload_parts.stored_at_ms END, \
        changes = CASE WHEN upload_parts.sha256 = excluded.sha256 THEN upload_parts.changes \
            ELSE upload_parts.changes + 1 END \
        RETURNING changes";
    Ok(write!(db, tx => {
        let open = sqlx::query(MOVE_ON)
            .bind(upload.id)
            .bind(UnixMs::now().plus(lies_still))
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if open == 0 {
            return Ok(Promised::Closed);
        }
        let mut replaced = Vec::new();
        for promise in promises {
            let Some(size_bytes) = upload.size_of_part(promise.number) else {
                return Err(DbError::NotFound("part"));
            };
            let before: Option<UploadPart> = sqlx::query_as(BEFORE)
                .bind(upload.id)
                .bind(promise.number)
                .bind(&promise.sha256)
                .fetch_optional(&mut *tx)
                .await?;
            let (changes,): (i64,) = sqlx::query_as(PROMISE)
                .bind(upload.id)
                .bind(promise.number)
                .bind(&promise.sha256)
                .bind(size_bytes)
                .fetch_one(&mut *tx)
                .await?;
            if changes > MAX_CHANGES {
                return Ok(Promised::ChangedTooOften { number: promise.number });
            }
            replaced.extend(before);
        }
        Promised::Stands { replaced }
    }))
}

/// Remembers that the part's bytes are there and checked, and moves the upload's end on.
///
/// `false` where this content is not (or no longer) promised, or the upload is gone or complete: then its object must go.
pub async fn set_stored(db: &Db, id: UploadId, promise: &Promise, lies_still: Duration) -> Result<bool, DbError> {
    const STORED: &str = "UPDATE upload_parts SET stored_at_ms = COALESCE(stored_at_ms, $4) \
        WHERE upload_id = $1 AND number = $2 AND sha256 = $3";
    let now = UnixMs::now();
    Ok(write!(db, tx => {
        let open = sqlx::query(MOVE_ON)
            .bind(id)
            .bind(now.plus(lies_still))
            .execute(&mut *tx)
            .await?
            .rows_affected();
        let stored = sqlx::query(STORED)
            .bind(id)
            .bind(promise.number)
            .bind(&promise.sha256)
            .bind(now)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if open == 0 || stored == 0 {
            return Ok(false);
        }
        true
    }))
}

/// Remembers that the object of an unfinished upload's part is not there, or not what was promised.
pub async fn forget_part(db: &Db, id: UploadId, number: i64, sha256: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE upload_parts SET stored_at_ms = NULL \
        WHERE upload_id = $1 AND number = $2 AND sha256 = $3 \
        AND EXISTS (SELECT 1 FROM uploads WHERE id = $1 AND completed_at_ms IS NULL)";
    write!(db, tx => {
        sqlx::query(SQL).bind(id).bind(number).bind(sha256).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Also locks the upload's row, so that nothing of it changes while it is completed.
const MOVE_ON: &str = "UPDATE uploads SET expires_at_ms = $2 WHERE id = $1 AND completed_at_ms IS NULL";
