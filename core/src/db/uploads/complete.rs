//! The end of an upload: the mezzanine is whole, and its plan is asked for in the same transaction.

use crate::{
    crash::{self, Point},
    db::{Db, DbError, garbage, jobs::enqueue_plan_within, lock::LockRows, outbox::append_event, write},
    event::{Event, What},
    id::{UploadKey, VideoId},
    store::StorageKey,
    time::UnixMs,
};

/// What became of a completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completion {
    /// The mezzanine is whole, now or since an earlier call.
    Done(VideoId),
    /// These parts are not stored; nothing was changed.
    Missing(Vec<i64>),
    /// There is no such upload.
    Gone,
}

/// Completes the upload where every part is stored; completing twice is completing once.
pub async fn complete(db: &Db, upload: UploadKey) -> Result<Completion, DbError> {
    // Locks the row, so that no part is promised anew meanwhile.
    const UPLOAD: &str = "UPDATE uploads SET expires_at_ms = expires_at_ms WHERE video_id = $1 AND id = $2 \
        RETURNING part_count, completed_at_ms";
    const STORED: &str = "SELECT number FROM upload_parts \
        WHERE video_id = $1 AND upload_id = $2 AND stored_at_ms IS NOT NULL ORDER BY number";
    const DONE: &str = "UPDATE uploads SET completed_at_ms = $3 WHERE video_id = $1 AND id = $2";
    const WHOLE: &str = "UPDATE videos SET completed_at_ms = $2, version = version + 1, updated_at_ms = $2 \
        WHERE id = $1 RETURNING attempt";
    let UploadKey { video_id, id } = upload;
    let now = UnixMs::now();
    let completion = write!(db, tx => {
        tx.lock_video(video_id).await?;
        let row: Option<(i64, Option<UnixMs>)> =
            sqlx::query_as(UPLOAD).bind(video_id).bind(id).fetch_optional(&mut *tx).await?;
        let Some((part_count, completed_at)) = row else {
            return Ok(Completion::Gone);
        };
        if completed_at.is_some() {
            return Ok(Completion::Done(video_id));
        }
        let stored: Vec<(i64,)> = sqlx::query_as(STORED).bind(video_id).bind(id).fetch_all(&mut *tx).await?;
        let missing = missing(part_count, &stored);
        if !missing.is_empty() {
            return Ok(Completion::Missing(missing));
        }
        sqlx::query(DONE).bind(video_id).bind(id).bind(now).execute(&mut *tx).await?;
        let (attempt,): (i64,) =
            sqlx::query_as(WHOLE).bind(video_id).bind(now).fetch_one(&mut *tx).await?;
        // Links that were signed for other contents may still bring objects that no row names.
        sqlx::query(garbage::THROW_AWAY)
            .bind(StorageKey::upload_prefix(video_id, id))
            .bind(now.plus(garbage::LINKS_END))
            .bind(now.plus(garbage::LATE_OBJECTS))
            .execute(&mut *tx)
            .await?;
        enqueue_plan_within!(tx, video_id, attempt, now);
        crash::reached(Point::RowAndOutbox);
        append_event!(tx, Event::new(video_id, What::UploadCompleted { attempt }));
        Completion::Done(video_id)
    });
    db.announce();
    Ok(completion)
}

fn missing(part_count: i64, stored: &[(i64,)]) -> Vec<i64> {
    let mut stored = stored.iter().map(|(number,)| *number).peekable();
    (1..=part_count).filter(|number| stored.next_if_eq(number).is_none()).collect()
}
