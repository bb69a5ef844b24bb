//! Taking events in: their effect, and that they had it, in one transaction. One that comes again has none.

use super::{
    Db, DbError,
    jobs::{NewJob, WorkKey, enqueue_plan_within, insert_job, lowest_open_turn},
    lock::LockRows,
    outbox::Placed,
    read, write,
};
use crate::{
    event::{self, Event, What},
    id::{EventId, PlanId, VideoId},
    time::UnixMs,
};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It has had its effect now.
    Now,
    /// It had its effect before; nothing was written.
    Before,
}

/// An event of the log that a consumer has not noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnoted {
    /// Its id.
    pub id: EventId,
    /// When it happened.
    pub occurred_at: UnixMs,
    /// The event in its place.
    pub placed: Placed,
}

/// Notes that the event came to this consumer; `false` where it had come before.
macro_rules! note_within {
    ($tx:ident, $consumer:expr, $event_id:expr) => {{
        const NOTE: &str = "INSERT INTO inbox (consumer, event_id, taken_at_ms) VALUES ($1, $2, $3) \
            ON CONFLICT (consumer, event_id) DO NOTHING";
        sqlx::query(NOTE).bind($consumer).bind($event_id).bind(UnixMs::now()).execute(&mut *$tx).await?.rows_affected()
            > 0
    }};
}

/// Notes that these events have had their effect where it is not kept in the database.
pub async fn note(db: &Db, consumer: &str, events: &[EventId]) -> Result<(), DbError> {
    if events.is_empty() {
        return Ok(());
    }
    write!(db, tx => {
        for id in events {
            // One that was noted before stays as it is.
            let _is_new = note_within!(tx, consumer, id);
        }
    });
    Ok(())
}

/// Up to `limit` events of the topic after `position` that `consumer` has not noted, in order.
pub async fn unnoted_after(
    db: &Db,
    consumer: &str,
    topic: &str,
    position: i64,
    limit: i64,
) -> Result<Vec<Unnoted>, DbError> {
    const SQL: &str = "SELECT o.position, o.id, o.video_id, o.body, o.occurred_at_ms FROM outbox o \
        WHERE o.position > $2 AND o.topic = $4 \
        AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.consumer = $1 AND i.event_id = o.id) \
        ORDER BY o.position LIMIT $3";
    let rows: Vec<(i64, EventId, VideoId, String, UnixMs)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(consumer).bind(position).bind(limit).bind(topic).fetch_all(pool).await?
    });
    let unnoted = rows.into_iter().map(|(position, id, video_id, body, occurred_at)| {
        let placed = Placed { position, video_id, event: event::read(body.as_bytes()) };
        Unnoted { id, occurred_at, placed }
    });
    Ok(unnoted.collect())
}

/// Makes sure that the work an event tells of is asked for, for those who make films.
///
/// The jobs are written with the event: this finds them there, unless something took them away since. What is outdated (an
/// attempt before, another plan, a video that failed or is gone) asks for nothing.
pub async fn take_work(db: &Db, consumer: &str, event: &Event) -> Result<Taken, DbError> {
    const UNPLANNED: &str = "SELECT COUNT(*) FROM videos WHERE id = $1 AND attempt = $2 AND plan_id IS NULL \
        AND failed_at_ms IS NULL AND completed_at_ms IS NOT NULL";
    const STRANDED: &str = "SELECT v.attempt FROM videos v JOIN plans p ON p.video_id = v.id AND p.id = v.plan_id \
        WHERE v.id = $1 AND p.id = $2 AND v.failed_at_ms IS NULL AND p.completed_at_ms IS NULL \
        AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.video_id = v.id AND j.ended_at_ms IS NULL)";
    let video_id = event.video_id;
    Ok(write!(db, tx => {
        tx.lock_video(video_id).await?;
        if !note_within!(tx, consumer, event.id) {
            return Ok(Taken::Before);
        }
        match &event.what {
            What::UploadCompleted { attempt } => {
                let (unplanned,): (i64,) =
                    sqlx::query_as(UNPLANNED).bind(video_id).bind(attempt).fetch_one(&mut *tx).await?;
                if unplanned > 0 {
                    enqueue_plan_within!(tx, video_id, *attempt, UnixMs::now());
                }
            }
            What::SpansPlanned { plan_id } => {
                let stranded: Option<(i64,)> =
                    sqlx::query_as(STRANDED).bind(video_id).bind(plan_id).fetch_optional(&mut *tx).await?;
                if let Some((attempt,)) = stranded {
                    let name = spans_missing(*plan_id);
                    let key = WorkKey::Replan { video_id, attempt, fingerprint: &name };
                    let turn = lowest_open_turn!(tx);
                    insert_job!(tx, NewJob::plan(video_id, &key, turn), UnixMs::now());
                }
            }
            What::VideoPlanned { .. }
            | What::VideoReady { .. }
            | What::VideoFailed { .. }
            | What::VideoChanged
            | What::VideoDeleted => {}
        }
        Taken::Now
    }))
}

/// Laying the same plan again asks for the spans that are not there.
fn spans_missing(plan_id: PlanId) -> String {
    format!("spans_missing:{plan_id}")
}
