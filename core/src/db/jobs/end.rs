//! Ending a job: done, tried again later, or given up together with its video.

use std::time::Duration;

use super::{Claim, hold_lease};
use crate::{
    db::{Db, DbError, lock::LockRows, outbox::append_event, videos::add_warning, write},
    id::VideoId,
    time::UnixMs,
    video::Warning,
};

/// What follows a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It is tried again after this pause.
    Later(Duration),
    /// It can't succeed: the video has failed, and its owner is told.
    ForGood,
    /// It can't succeed, and the film plays without it: its owner is given this warning.
    Alone(Warning),
}

/// Ends every open job of a video within the caller's transaction; their holders find their leases lost.
macro_rules! end_open_jobs {
    ($tx:ident, $video_id:expr, $code:expr) => {
        sqlx::query("UPDATE jobs SET ended_at_ms = $2, error_code = $3 WHERE video_id = $1 AND ended_at_ms IS NULL")
            .bind($video_id)
            .bind($crate::time::UnixMs::now())
            .bind($code)
            .execute(&mut *$tx)
            .await?
            .rows_affected()
    };
}
pub(crate) use end_open_jobs;

/// Ends the spans and posters of every plan of the video but this one, within the caller's transaction.
macro_rules! end_open_spans_of_other_plans {
    ($tx:ident, $video_id:expr, $plan_id:expr) => {
        sqlx::query(
            "UPDATE jobs SET ended_at_ms = $3, error_code = 'superseded' \
            WHERE video_id = $1 AND kind <> 'plan' AND plan_id <> $2 AND ended_at_ms IS NULL",
        )
        .bind($video_id)
        .bind($plan_id)
        .bind($crate::time::UnixMs::now())
        .execute(&mut *$tx)
        .await?
    };
}
pub(crate) use end_open_spans_of_other_plans;

/// Marks a video as failed within the caller's transaction and says so in the log; call [`Db::announce`] after.
macro_rules! fail_video {
    ($tx:ident, $video_id:expr, $code:expr, $message:expr) => {{
        let (video_id, code): ($crate::id::VideoId, &str) = ($video_id, $code);
        let failed = sqlx::query(
            "UPDATE videos SET failed_at_ms = $2, failure_code = $3, failure_message = $4, updated_at_ms = $2, \
                version = version + 1 \
            WHERE id = $1 AND failed_at_ms IS NULL",
        )
        .bind(video_id)
        .bind($crate::time::UnixMs::now())
        .bind(code)
        .bind($message)
        .execute(&mut *$tx)
        .await?
        .rows_affected();
        if failed > 0 {
            append_event!(
                $tx,
                $crate::event::Event::new(video_id, $crate::event::What::VideoFailed { code: code.to_owned() })
            );
        }
    }};
}

/// Ends the job of a claim within the caller's transaction; nothing where its lease is lost.
macro_rules! end_job {
    ($tx:ident, $claim:expr, $code:expr, $message:expr) => {{
        const END: &str =
            "UPDATE jobs SET ended_at_ms = $2, lease_until_ms = $2, error_code = $3, error_message = $4 WHERE id = $1";
        hold_lease!($tx, $claim);
        sqlx::query(END)
            .bind($claim.id)
            .bind(UnixMs::now())
            .bind::<Option<&str>>($code)
            .bind::<Option<&str>>($message)
            .execute(&mut *$tx)
            .await?;
    }};
}

/// The work is done.
pub async fn finish(db: &Db, claim: &Claim) -> Result<(), DbError> {
    write!(db, tx => { end_job!(tx, claim, None, None) });
    Ok(())
}

/// The work failed. `code` is stable, from `schema/errors.json`; `message` is a sentence for the film's owner.
///
/// For good: the video fails with it, its other jobs end, and `VideoFailed` is in the log, in one transaction. Alone: the
/// job ends and the owner's warning is there, in one transaction.
pub async fn fail(db: &Db, claim: &Claim, code: &str, message: &str, ending: Ending) -> Result<(), DbError> {
    const LATER: &str = "UPDATE jobs SET not_before_ms = $2, lease_until_ms = NULL, lease_token = NULL, \
        lease_owner = NULL, error_code = $3, error_message = $4 WHERE id = $1";
    match ending {
        Ending::Later(pause) => write!(db, tx => {
            hold_lease!(tx, claim);
            sqlx::query(LATER)
                .bind(claim.id)
                .bind(UnixMs::now().plus(pause))
                .bind(code)
                .bind(message)
                .execute(&mut *tx)
                .await?;
        }),
        Ending::Alone(warning) => write!(db, tx => {
            tx.lock_video(claim.video_id).await?;
            end_job!(tx, claim, Some(code), Some(message));
            add_warning!(tx, claim.video_id, &warning);
        }),
        Ending::ForGood => {
            write!(db, tx => {
                tx.lock_video(claim.video_id).await?;
                end_job!(tx, claim, Some(code), Some(message));
                end_open_jobs!(tx, claim.video_id, "video_failed");
                fail_video!(tx, claim.video_id, code, message);
            });
            db.announce();
        }
    }
    Ok(())
}

/// Ends every open job of a video; workers that hold one stop within seconds. Returns how many there were.
pub async fn cancel_video(db: &Db, video_id: VideoId) -> Result<u64, DbError> {
    Ok(write!(db, tx => { end_open_jobs!(tx, video_id, "cancelled") }))
}
