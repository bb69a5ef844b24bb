//! What owners are told of their videos: of the current attempt alone.

use std::collections::HashMap;

use super::Video;
use crate::{
    db::{Db, DbError, read},
    id::VideoId,
    video::{Beside, Warning},
};

/// Warnings of one video that anyone is shown.
const MOST: usize = 100;

/// Adds a warning within the caller's transaction; one that was given before stays as it is.
macro_rules! add_warning {
    ($tx:ident, $video_id:expr, $warning:expr) => {{
        let warning: &$crate::video::Warning = $warning;
        sqlx::query(
            "INSERT INTO warnings (video_id, attempt, code, at_ms, message) \
            SELECT id, attempt, $2, $3, $4 FROM videos WHERE id = $1 \
            ON CONFLICT (video_id, attempt, code, at_ms) DO NOTHING",
        )
        .bind($video_id)
        .bind(&warning.code)
        .bind(warning.at_ms.unwrap_or(-1))
        .bind(&warning.message)
        .execute(&mut *$tx)
        .await?;
    }};
}
pub(crate) use add_warning;

/// Takes back, within the caller's transaction, that this is missing: it is asked for again. 0 where that was not said.
macro_rules! drop_missing {
    ($tx:ident, $video_id:expr, $beside:expr) => {{
        let beside: $crate::video::Beside = $beside;
        sqlx::query("DELETE FROM warnings WHERE video_id = $1 AND code = $2")
            .bind($video_id)
            .bind(beside.missing_code())
            .execute(&mut *$tx)
            .await?
            .rows_affected()
    }};
}
pub(crate) use drop_missing;

/// What the owner should know of the current attempt.
pub async fn warnings(db: &Db, video: &Video) -> Result<Vec<Warning>, DbError> {
    Ok(warnings_of(db, &[video.id]).await?.remove(&video.id).unwrap_or_default())
}

/// The same of several; those of whom there is nothing to say are left out.
pub async fn warnings_of(db: &Db, ids: &[VideoId]) -> Result<HashMap<VideoId, Vec<Warning>>, DbError> {
    let mut of: HashMap<VideoId, Vec<Warning>> = HashMap::new();
    if ids.is_empty() {
        return Ok(of);
    }
    let rows: Vec<(VideoId, String, String, i64)> = read!(db, pool => {
        let mut query = sqlx::QueryBuilder::new(
            "SELECT w.video_id, w.code, w.message, w.at_ms FROM warnings w \
            JOIN videos v ON v.id = w.video_id AND v.attempt = w.attempt WHERE v.id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(*id);
        }
        query.push(") ORDER BY w.at_ms, w.code LIMIT ");
        query.push_bind(i64::try_from(ids.len().saturating_mul(MOST)).unwrap_or(i64::MAX));
        query.build_query_as().fetch_all(pool).await?
    });
    for (id, code, message, at_ms) in rows {
        let told = of.entry(id).or_default();
        if told.len() < MOST {
            told.push(Warning { code, message, at_ms: (at_ms >= 0).then_some(at_ms) });
        }
    }
    Ok(of)
}

/// Whether this was given up of the video, and not asked for again since.
pub async fn is_missing(db: &Db, id: VideoId, beside: Beside) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM warnings w JOIN videos v ON v.id = w.video_id AND v.attempt = w.attempt \
        WHERE v.id = $1 AND w.code = $2";
    let (count,): (i64,) = read!(db, pool => {
        sqlx::query_as(SQL).bind(id).bind(beside.missing_code()).fetch_one(pool).await?
    });
    Ok(count > 0)
}
