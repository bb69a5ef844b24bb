//! Planning a video again because of what making it told.

use super::{Claim, NewJob, WorkKey, end_open_jobs, hold_lease, insert_job, lowest_open_turn};
use crate::{
    db::{Db, DbError, lock::LockRows, read, write},
    id::VideoId,
    time::UnixMs,
};

/// The work can't be done by its plan, as nobody could know before: ends the job with this code, and all others of the
/// video, and asks for another plan, once per attempt and code. What the old plan made stays and plays until then.
///
/// # Errors
/// [`DbError::LeaseLost`] where `claim` no longer holds.
pub async fn replan(db: &Db, claim: &Claim, code: &str, message: &str) -> Result<(), DbError> {
    const END: &str =
        "UPDATE jobs SET ended_at_ms = $2, lease_until_ms = $2, error_code = $3, error_message = $4 WHERE id = $1";
    let video_id = claim.video_id;
    write!(db, tx => {
        tx.lock_video(video_id).await?;
        hold_lease!(tx, claim);
        let now = UnixMs::now();
        sqlx::query(END).bind(claim.id).bind(now).bind(code).bind(message).execute(&mut *tx).await?;
        let (attempt,): (i64,) = sqlx::query_as("SELECT attempt FROM videos WHERE id = $1")
            .bind(video_id)
            .fetch_one(&mut *tx)
            .await?;
        let key = WorkKey::Replan { video_id, attempt, fingerprint: code };
        let turn = lowest_open_turn!(tx);
        end_open_jobs!(tx, video_id, "plan_outdated");
        insert_job!(tx, NewJob::plan(video_id, &key, turn), now);
    });
    Ok(())
}

/// Whether a job of the video ever ended with this code.
pub async fn has_ended_with(db: &Db, video_id: VideoId, code: &str) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM jobs WHERE video_id = $1 AND error_code = $2 AND ended_at_ms IS NOT NULL";
    let (count,): (i64,) = read!(db, pool => {
        sqlx::query_as(SQL).bind(video_id).bind(code).fetch_one(pool).await?
    });
    Ok(count > 0)
}
