//! Views, once a viewer and day.

use super::{Db, DbError, lock::LockRows, outbox::append_event, write};
use crate::{
    event::{Event, What},
    id::VideoId,
    time::UnixMs,
};

/// Counts a view of the video; `false` where this viewer was counted today, or the video is not there.
///
/// `viewer` is a keyed hash: the table can't be turned back into addresses. Whenever the views have doubled the log is told,
/// so that search ranks by them; that is once for the first view, and some twenty times for a million.
pub async fn count(db: &Db, video_id: VideoId, viewer: &str, at: UnixMs) -> Result<bool, DbError> {
    const SEEN: &str = "INSERT INTO views (video_id, day, viewer) SELECT id, $2, $3 FROM videos WHERE id = $1 \
        ON CONFLICT (video_id, day, viewer) DO NOTHING";
    const COUNT: &str = "UPDATE videos SET views = views + 1 WHERE id = $1 RETURNING views";
    let (counted, told) = write!(db, tx => {
        tx.lock_video(video_id).await?;
        let first = sqlx::query(SEEN)
            .bind(video_id)
            .bind(at.day())
            .bind(viewer)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        let mut told = false;
        if first == 1 {
            let (views,): (i64,) = sqlx::query_as(COUNT).bind(video_id).fetch_one(&mut *tx).await?;
            told = has_doubled(views);
            if told {
                append_event!(tx, Event::new(video_id, What::VideoChanged));
            }
        }
        (first == 1, told)
    });
    if told {
        db.announce();
    }
    Ok(counted)
}

/// At 1, 3, 7, 15 and so on: search favours a video by the doublings of its views and one.
fn has_doubled(views: i64) -> bool {
    views.unsigned_abs().wrapping_add(1).is_power_of_two()
}
