//! One part's way: promised by hash, stored once checked, forgotten where its object was not what was promised.

use std::time::Duration;

use super::{Upload, UploadPart};
use crate::{
    db::{Db, DbError, write},
    id::UploadKey,
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
        WHERE video_id = $1 AND upload_id = $2 AND number = $3 AND sha256 <> $4";
    // The upload's row is held, so nobody else adds a part of it between these two. Neither names a key of the table: they
    // do with the keys of one server, and with those of many.
    const AGAIN: &str = "UPDATE upload_parts SET sha256 = $4, \
            stored_at_ms = CASE WHEN sha256 = $4 THEN stored_at_ms END, \
            changes = CASE WHEN sha256 = $4 THEN changes ELSE changes + 1 END \
        WHERE video_id = $1 AND upload_id = $2 AND number = $3 RETURNING changes";
    const FIRST: &str =
        "INSERT INTO upload_parts (video_id, upload_id, number, sha256, size_bytes) VALUES ($1, $2, $3, $4, $5)";
    Ok(write!(db, tx => {
        let open = sqlx::query(MOVE_ON)
            .bind(upload.video_id)
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
                .bind(upload.video_id)
                .bind(upload.id)
                .bind(promise.number)
                .bind(&promise.sha256)
                .fetch_optional(&mut *tx)
                .await?;
            let again: Option<(i64,)> = sqlx::query_as(AGAIN)
                .bind(upload.video_id)
                .bind(upload.id)
                .bind(promise.number)
                .bind(&promise.sha256)
                .fetch_optional(&mut *tx)
                .await?;
            match again {
                Some((changes,)) if changes > MAX_CHANGES => {
                    return Ok(Promised::ChangedTooOften { number: promise.number });
                }
                Some(_) => {}
                None => {
                    sqlx::query(FIRST)
                        .bind(upload.video_id)
                        .bind(upload.id)
                        .bind(promise.number)
                        .bind(&promise.sha256)
                        .bind(size_bytes)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            replaced.extend(before);
        }
        Promised::Stands { replaced }
    }))
}

/// Remembers that the part's bytes are there and checked, and moves the upload's end on.
///
/// `false` where this content is not (or no longer) promised, or the upload is gone or complete: then its object must go.
pub async fn set_stored(db: &Db, upload: UploadKey, promise: &Promise, lies_still: Duration) -> Result<bool, DbError> {
    const STORED: &str = "UPDATE upload_parts SET stored_at_ms = COALESCE(stored_at_ms, $5) \
        WHERE video_id = $1 AND upload_id = $2 AND number = $3 AND sha256 = $4";
    let now = UnixMs::now();
    Ok(write!(db, tx => {
        let open = sqlx::query(MOVE_ON)
            .bind(upload.video_id)
            .bind(upload.id)
            .bind(now.plus(lies_still))
            .execute(&mut *tx)
            .await?
            .rows_affected();
        let stored = sqlx::query(STORED)
            .bind(upload.video_id)
            .bind(upload.id)
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
pub async fn forget_part(db: &Db, upload: UploadKey, number: i64, sha256: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE upload_parts SET stored_at_ms = NULL \
        WHERE video_id = $1 AND upload_id = $2 AND number = $3 AND sha256 = $4 \
        AND EXISTS (SELECT 1 FROM uploads WHERE video_id = $1 AND id = $2 AND completed_at_ms IS NULL)";
    write!(db, tx => {
        sqlx::query(SQL)
            .bind(upload.video_id)
            .bind(upload.id)
            .bind(number)
            .bind(sha256)
            .execute(&mut *tx)
            .await?;
    });
    Ok(())
}

/// Also locks the upload's row, so that nothing of it changes while it is completed.
const MOVE_ON: &str =
    "UPDATE uploads SET expires_at_ms = $3 WHERE video_id = $1 AND id = $2 AND completed_at_ms IS NULL";
