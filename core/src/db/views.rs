//! Views, once a viewer and day.

use super::{Db, DbError, lock::LockRows, write};
use crate::{id::VideoId, time::UnixMs};

/// Counts a view of the video; `false` where this viewer was counted today, or the video is not there.
///
/// `viewer` is a keyed hash: the table can't be turned back into addresses.
pub async fn count(db: &Db, video_id: VideoId, viewer: &str, at: UnixMs) -> Result<bool, DbError> {
    const SEEN: &str = "INSERT INTO views (video_id, day, viewer) SELECT id, $2, $3 FROM videos WHERE id = $1 \
        ON CONFLICT (video_id, day, viewer) DO NOTHING";
    const COUNT: &str = "UPDATE videos SET views = views + 1 WHERE id = $1";
    Ok(write!(db, tx => {
        tx.lock_video(video_id).await?;
        let first = sqlx::query(SEEN)
            .bind(video_id)
            .bind(at.day())
            .bind(viewer)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if first == 1 {
            sqlx::query(COUNT).bind(video_id).execute(&mut *tx).await?;
        }
        first == 1
    }))
}
