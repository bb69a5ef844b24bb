//! Uploads that came to nothing: their videos go with them.

use crate::{
    db::{Db, DbError, lock::LockRows, read, videos::remove_within, write},
    id::{UploadId, UploadKey, VideoId},
    time::UnixMs,
};

/// Gives an unfinished upload up, and its video with it; `false` where it is gone or complete.
pub async fn abort(db: &Db, upload: UploadKey) -> Result<bool, DbError> {
    const OPEN: &str =
        "UPDATE uploads SET expires_at_ms = 0 WHERE video_id = $1 AND id = $2 AND completed_at_ms IS NULL";
    let now = UnixMs::now();
    let aborted = write!(db, tx => {
        tx.lock_video(upload.video_id).await?;
        let open =
            sqlx::query(OPEN).bind(upload.video_id).bind(upload.id).execute(&mut *tx).await?.rows_affected();
        open > 0 && remove_within!(tx, upload.video_id, now)
    });
    if aborted {
        db.announce();
    }
    Ok(aborted)
}

/// Gives up to `limit` uploads up whose end has passed; returns how many.
pub async fn expire(db: &Db, now: UnixMs, limit: i64) -> Result<u64, DbError> {
    const ABANDONED: &str = "SELECT id, video_id FROM uploads WHERE completed_at_ms IS NULL AND expires_at_ms < $1 \
        ORDER BY expires_at_ms LIMIT $2";
    const STILL: &str = "UPDATE uploads SET expires_at_ms = 0 \
        WHERE video_id = $1 AND id = $2 AND completed_at_ms IS NULL AND expires_at_ms < $3";
    let mut abandoned: Vec<(UploadId, VideoId)> = read!(db, pool => {
        sqlx::query_as(ABANDONED).bind(now).bind(limit).fetch_all(pool).await?
    });
    if abandoned.is_empty() {
        return Ok(0);
    }
    // One order for all who take several videos.
    abandoned.sort_unstable_by_key(|(_, video_id)| *video_id);
    let count = write!(db, tx => {
        let mut count = 0;
        for (id, video_id) in &abandoned {
            tx.lock_video(*video_id).await?;
            // A part may have come since: then its end has moved on.
            let still =
                sqlx::query(STILL).bind(video_id).bind(id).bind(now).execute(&mut *tx).await?.rows_affected();
            if still > 0 {
                count += u64::from(remove_within!(tx, *video_id, now));
            }
        }
        count
    });
    if count > 0 {
        db.announce();
    }
    Ok(count)
}
