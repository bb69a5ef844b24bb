//! How a video is read from its row, its owner's and its plan's.

use super::{ServedPlan, Video};
use crate::{
    db::DbError,
    id::{PlanId, UploadId, UserId, VideoId},
    time::UnixMs,
    video::{Failure, Privacy, VideoFacts},
};

/// `select_videos!("WHERE ..")`: videos `v` with their owners `u` and plans `p`, as [`Row`]s.
///
/// A plan's `completed_at_ms` is set and cleared in the transactions that add its last segment and drop one, so a whole
/// plan's segments need not be counted for every line of a list.
macro_rules! select_videos {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.owner_id, v.upload_id, v.title, v.description, v.tags, v.privacy, v.file_name, ",
            "v.size_bytes, v.completed_at_ms, v.duration_ms, v.attempt, v.failed_at_ms, v.failure_code, ",
            "v.failure_message, v.views, v.published_at_ms, v.version, v.created_at_ms, ",
            "u.username_key, u.display_name, u.blocked_at_ms, ",
            "p.id AS plan_id, p.hash AS plan_hash, p.segments_planned, ",
            "CASE WHEN p.completed_at_ms IS NOT NULL THEN p.segments_planned ",
            "ELSE (SELECT COUNT(*) FROM segments s WHERE s.video_id = v.id AND s.plan_id = v.plan_id) END AS segments_made, ",
            // The one that the owner chose, once it is there, else the plan's own.
            "(SELECT c.name FROM sidecars c WHERE c.video_id = v.id AND c.plan_id = v.plan_id AND (c.name = 'poster' ",
            "OR c.name = 'poster-' || v.poster_at_ms || '.jpg') ORDER BY LENGTH(c.name) DESC LIMIT 1) AS poster_name, ",
            "(SELECT COUNT(*) FROM sidecars c WHERE c.video_id = v.id AND c.plan_id = v.plan_id ",
            "AND c.name = 'storyboard.vtt') AS storyboards, ",
            "v.poster_at_ms, p.loudness_lufs_hundredths, p.true_peak_dbfs_hundredths ",
            "FROM videos v JOIN users u ON u.id = v.owner_id ",
            "LEFT JOIN plans p ON p.video_id = v.id AND p.id = v.plan_id ",
            $rest
        )
    };
}
pub(super) use select_videos;

/// One line of [`select_videos!`].
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Row {
    id: VideoId,
    owner_id: UserId,
    upload_id: UploadId,
    title: String,
    description: String,
    tags: String,
    privacy: Privacy,
    file_name: String,
    size_bytes: i64,
    completed_at_ms: Option<UnixMs>,
    duration_ms: Option<i64>,
    attempt: i64,
    failed_at_ms: Option<UnixMs>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    views: i64,
    published_at_ms: Option<UnixMs>,
    version: i64,
    created_at_ms: UnixMs,
    username_key: String,
    display_name: String,
    blocked_at_ms: Option<UnixMs>,
    plan_id: Option<PlanId>,
    plan_hash: Option<String>,
    segments_planned: Option<i64>,
    segments_made: i64,
    poster_name: Option<String>,
    storyboards: i64,
    poster_at_ms: Option<i64>,
    loudness_lufs_hundredths: Option<i64>,
    true_peak_dbfs_hundredths: Option<i64>,
}

impl TryFrom<Row> for Video {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let tags =
            serde_json::from_str(&row.tags).map_err(|source| DbError::Corrupt { what: "list of tags", source })?;
        let plan = match (row.plan_id, row.plan_hash) {
            (Some(id), Some(hash)) => Some(ServedPlan {
                id,
                hash,
                poster_file: row.poster_name.map(|name| if name == "poster" { "poster.jpg".to_owned() } else { name }),
                has_storyboard: row.storyboards > 0,
                loudness_lufs_hundredths: row.loudness_lufs_hundredths,
                true_peak_dbfs_hundredths: row.true_peak_dbfs_hundredths,
            }),
            _ => None,
        };
        let failure = match (row.failed_at_ms, row.failure_code, row.failure_message) {
            (Some(_), Some(code), Some(message)) => Some(Failure { code, message }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            owner_id: row.owner_id,
            upload_id: row.upload_id,
            title: row.title,
            description: row.description,
            tags,
            privacy: row.privacy,
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            plan,
            duration_ms: row.duration_ms,
            poster_at_ms: row.poster_at_ms,
            attempt: row.attempt,
            failure,
            facts: VideoFacts {
                completed_at: row.completed_at_ms,
                failed_at: row.failed_at_ms,
                segments_planned: row.segments_planned,
                segments_made: row.segments_made,
            },
            views: row.views,
            published_at: row.published_at_ms,
            version: row.version,
            created_at: row.created_at_ms,
            channel_handle: row.username_key,
            channel_name: row.display_name,
            owner_blocked: row.blocked_at_ms.is_some(),
        })
    }
}
