//! Stored objects that are not what they were: forgotten, so that they are never served, and asked for again.

use super::{
    Db, DbError,
    jobs::{NewJob, WorkKey, insert_job, lowest_open_turn},
    lock::LockRows,
    write,
};
use crate::{
    id::{JobId, PlanKey},
    job::JobKind,
    media::SidecarName,
    time::UnixMs,
};

/// What was lost of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost<'a> {
    /// A media segment.
    Segment {
        /// As `video-720`.
        rendition: &'a str,
        /// The index on the grid.
        number: u32,
    },
    /// The init segment of a rendition.
    Init {
        /// As `video-720`.
        rendition: &'a str,
    },
    /// The poster.
    Poster,
    /// A track of captions.
    Captions {
        /// As `captions-eng`.
        rendition: &'a str,
    },
    /// A sidecar.
    Sidecar {
        /// Which.
        name: SidecarName,
    },
}

/// Forgets the object where it is still recorded with this hash, and asks for the job that makes it again; `false` where
/// it was forgotten or made again meanwhile.
pub async fn forget(db: &Db, plan: PlanKey, lost: Lost<'_>, sha256: &str) -> Result<bool, DbError> {
    const SEGMENT: &str = "DELETE FROM segments \
        WHERE video_id = $1 AND plan_id = $2 AND sha256 = $3 AND rendition = $4 AND number = $5";
    const INIT: &str = "DELETE FROM renditions WHERE video_id = $1 AND plan_id = $2 AND init_sha256 = $3 AND name = $4";
    // An init segment comes with the segments of its rendition: the first one is made anew, too.
    const FIRST: &str = "DELETE FROM segments WHERE video_id = $1 AND plan_id = $2 AND rendition = $3 AND number = 0";
    const SIDECAR: &str = "DELETE FROM sidecars WHERE video_id = $1 AND plan_id = $2 AND sha256 = $3 AND name = $4";
    const INCOMPLETE: &str = "UPDATE plans SET completed_at_ms = NULL WHERE video_id = $1 AND id = $2";
    // The job that made it has ended, and a job is not asked for twice: the new one takes its name.
    const MAKE_ROOM: &str = "DELETE FROM jobs WHERE work_key = $1 AND ended_at_ms IS NOT NULL";
    let PlanKey { video_id, id: plan_id } = plan;
    Ok(write!(db, tx => {
        tx.lock_video(video_id).await?;
        let sql = match lost {
            Lost::Segment { .. } => SEGMENT,
            Lost::Init { .. } => INIT,
            Lost::Poster | Lost::Captions { .. } | Lost::Sidecar { .. } => SIDECAR,
        };
        let forget = sqlx::query(sql).bind(video_id).bind(plan_id).bind(sha256);
        let forget = match lost {
            Lost::Segment { rendition, number } => forget.bind(rendition).bind(i64::from(number)),
            Lost::Init { rendition } | Lost::Captions { rendition } => forget.bind(rendition),
            Lost::Poster => forget.bind("poster"),
            Lost::Sidecar { name } => forget.bind(name.file()),
        };
        if forget.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Lost::Init { rendition } = lost {
            sqlx::query(FIRST).bind(video_id).bind(plan_id).bind(rendition).execute(&mut *tx).await?;
        }
        let (attempt,): (i64,) =
            sqlx::query_as("SELECT attempt FROM videos WHERE id = $1").bind(video_id).fetch_one(&mut *tx).await?;
        let number = match lost {
            Lost::Segment { number, .. } => Some(number),
            Lost::Init { .. } => Some(0),
            // A film is whole without it.
            Lost::Poster | Lost::Captions { .. } | Lost::Sidecar { .. } => None,
        };
        if number.is_some() {
            sqlx::query(INCOMPLETE).bind(video_id).bind(plan_id).execute(&mut *tx).await?;
        }
        let (kind, key) = match (number, lost) {
            (Some(number), _) => (JobKind::Span, WorkKey::Span { plan_id, attempt, segments: number..number + 1 }),
            (None, Lost::Captions { .. }) => (JobKind::Captions, WorkKey::Captions { plan_id, attempt }),
            (None, Lost::Sidecar { name: SidecarName::ChosenPoster(at_ms) }) => {
                (JobKind::Poster, WorkKey::ChosenPoster { plan_id, at_ms })
            }
            (None, Lost::Sidecar { .. }) => (JobKind::Sidecars, WorkKey::Sidecars { plan_id }),
            (None, _) => (JobKind::Poster, WorkKey::Poster { plan_id }),
        };
        let work_key = key.to_string();
        sqlx::query(MAKE_ROOM).bind(&work_key).execute(&mut *tx).await?;
        let job = NewJob {
            id: JobId::new(),
            work_key,
            kind,
            video_id,
            plan_id: Some(plan_id),
            first_segment: number.map(i64::from),
            end_segment: number.map(|number| i64::from(number) + 1),
            turn: lowest_open_turn!(tx),
        };
        insert_job!(tx, job, UnixMs::now());
        true
    }))
}
