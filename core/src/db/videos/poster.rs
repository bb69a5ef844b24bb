//! The instant that an owner chose for a video's poster.

use super::{Video, drop_missing};
use crate::{
    db::{
        Db, DbError,
        jobs::{NewJob, WorkKey, insert_job, lowest_open_turn},
        lock::LockRows,
        outbox::append_event,
        read, write,
    },
    event::{Event, What},
    id::{JobId, PlanId, VideoId},
    job::JobKind,
    media::SidecarName,
    time::UnixMs,
    video::Beside,
};

/// Has the poster taken at this instant of the film, or by the plan's own choice again where there is none. The one
/// before is shown until then. `None` where the video is not there.
pub async fn choose_poster(db: &Db, id: VideoId, at_ms: Option<u64>) -> Result<Option<Video>, DbError> {
    const CHOOSE: &str = "UPDATE videos SET poster_at_ms = $2, version = version + 1, updated_at_ms = $3 \
        WHERE id = $1 RETURNING plan_id";
    const IS_MADE: &str = "SELECT COUNT(*) FROM sidecars WHERE video_id = $1 AND plan_id = $2 AND name = $3";
    // A job for this instant that has ended does not keep a new one from being asked for.
    const MAKE_ROOM: &str = "DELETE FROM jobs WHERE work_key = $1 AND ended_at_ms IS NOT NULL";
    let at = at_ms.map(|at_ms| i64::try_from(at_ms).unwrap_or(i64::MAX));
    let chosen = write!(db, tx => {
        tx.lock_video(id).await?;
        let now = UnixMs::now();
        let updated: Option<(Option<PlanId>,)> =
            sqlx::query_as(CHOOSE).bind(id).bind(at).bind(now).fetch_optional(&mut *tx).await?;
        let Some((plan_id,)) = updated else { return Ok(None) };
        append_event!(tx, Event::new(id, What::VideoChanged));
        drop_missing!(tx, id, Beside::Poster);
        if let (Some(plan_id), Some(at_ms)) = (plan_id, at_ms) {
            let name = SidecarName::ChosenPoster(at_ms).file();
            let (made,): (i64,) =
                sqlx::query_as(IS_MADE).bind(id).bind(plan_id).bind(name).fetch_one(&mut *tx).await?;
            if made == 0 {
                let work_key = WorkKey::ChosenPoster { plan_id, at_ms }.to_string();
                sqlx::query(MAKE_ROOM).bind(&work_key).execute(&mut *tx).await?;
                let job = NewJob {
                    id: JobId::new(),
                    work_key,
                    kind: JobKind::Poster,
                    video_id: id,
                    plan_id: Some(plan_id),
                    first_segment: None,
                    end_segment: None,
                    turn: lowest_open_turn!(tx),
                };
                insert_job!(tx, job, now);
            }
        }
        Some(())
    });
    if chosen.is_none() {
        return Ok(None);
    }
    db.announce();
    super::find(db, id).await
}

/// The instant of the film that its owner chose, in milliseconds.
pub async fn chosen_poster(db: &Db, id: VideoId) -> Result<Option<u64>, DbError> {
    let row: Option<(Option<i64>,)> = read!(db, pool => {
        sqlx::query_as("SELECT poster_at_ms FROM videos WHERE id = $1").bind(id).fetch_optional(pool).await?
    });
    Ok(row.and_then(|(at_ms,)| u64::try_from(at_ms?).ok()))
}
