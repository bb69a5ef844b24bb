//! Trying a failed video again. Giving one up is the end of a job: [`crate::db::jobs::fail`].

use crate::{
    db::{
        Db, DbError,
        jobs::{end_open_jobs, enqueue_plan_within},
        outbox::append_event,
        write,
    },
    event::{Event, What},
    id::VideoId,
    time::UnixMs,
};

/// Tries a failed video again, from its kept mezzanine: a new job lays the plan.
///
/// Returns the number of the new attempt; `None` where the video is not there or has not failed.
pub async fn retry(db: &Db, id: VideoId) -> Result<Option<i64>, DbError> {
    const AGAIN: &str = "UPDATE videos SET attempt = attempt + 1, failed_at_ms = NULL, failure_code = NULL, \
        failure_message = NULL, version = version + 1, updated_at_ms = $2 \
        WHERE id = $1 AND failed_at_ms IS NOT NULL AND completed_at_ms IS NOT NULL RETURNING attempt";
    let now = UnixMs::now();
    let attempt = write!(db, tx => {
        let again: Option<(i64,)> =
            sqlx::query_as(AGAIN).bind(id).bind(now).fetch_optional(&mut *tx).await?;
        if let Some((attempt,)) = again {
            end_open_jobs!(tx, id, "tried_again");
            enqueue_plan_within!(tx, id, attempt, now);
            append_event!(tx, Event::new(id, What::UploadCompleted { attempt }));
        }
        again.map(|(attempt,)| attempt)
    });
    if attempt.is_some() {
        db.announce();
    }
    Ok(attempt)
}
