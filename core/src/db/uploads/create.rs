//! The beginning of an upload: its video, held against the owner's quota in the same transaction.

use std::time::Duration;

use super::Upload;
use crate::{
    db::{Db, DbError, videos::tags_json, write},
    id::{UploadId, UserId, VideoId},
    time::UnixMs,
    video::Privacy,
};

/// What a client says of the film it is going to bring; lengths are the caller's to check.
#[derive(Debug, Clone)]
pub struct NewVideo {
    /// Whose it is going to be.
    pub owner_id: UserId,
    /// As the client names it.
    pub file_name: String,
    /// The title.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// In order.
    pub tags: Vec<String>,
    /// Who may see it.
    pub privacy: Privacy,
    /// The whole file, at least 1.
    pub size_bytes: i64,
    /// Every part but the last.
    pub part_size_bytes: i64,
}

/// What an owner may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Holds for owners without a quota of their own.
    pub quota_bytes: i64,
    /// How many unfinished uploads one may have.
    pub max_open: i64,
    /// How long an upload may lie still before it is swept.
    pub lies_still: Duration,
}

/// Why an upload may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such account, or it is blocked.
    NoOwner,
    /// The file does not fit into what is left of the owner's quota.
    OverQuota {
        /// The owner's quota.
        quota_bytes: i64,
        /// What of it is taken.
        used_bytes: i64,
    },
    /// The owner has as many unfinished uploads as one may have.
    TooManyOpen,
}

/// Begins an upload, and the video that it brings.
///
/// Why it may not is told within.
pub async fn create(db: &Db, new: &NewVideo, allowance: Allowance) -> Result<Result<Upload, Refusal>, DbError> {
    // An update locks the owner's row on both databases, so that two uploads at once can't both take the last of a quota.
    const OWNER: &str = "UPDATE users SET quota_bytes = quota_bytes WHERE id = $1 AND blocked_at_ms IS NULL \
        RETURNING quota_bytes";
    const USED: &str = "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM videos WHERE owner_id = $1";
    const OPEN: &str = "SELECT COUNT(*) FROM videos WHERE owner_id = $1 AND completed_at_ms IS NULL";
    const VIDEO: &str = "INSERT INTO videos (id, owner_id, upload_id, title, description, tags, privacy, file_name, \
        size_bytes, created_at_ms, updated_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    const UPLOAD: &str = "INSERT INTO uploads (id, video_id, owner_id, size_bytes, part_size_bytes, part_count, \
        created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let now = UnixMs::now();
    let upload = Upload {
        id: UploadId::new(),
        video_id: VideoId::new(),
        owner_id: new.owner_id,
        file_name: new.file_name.clone(),
        size_bytes: new.size_bytes,
        part_size_bytes: new.part_size_bytes,
        part_count: part_count(new.size_bytes, new.part_size_bytes),
        expires_at: now.plus(allowance.lies_still),
        completed_at: None,
    };
    let tags = tags_json(&new.tags)?;
    Ok(write!(db, tx => {
        let owner: Option<(Option<i64>,)> =
            sqlx::query_as(OWNER).bind(new.owner_id).fetch_optional(&mut *tx).await?;
        let Some((quota_bytes,)) = owner else {
            return Ok(Err(Refusal::NoOwner));
        };
        let quota_bytes = quota_bytes.unwrap_or(allowance.quota_bytes);
        let (used_bytes,): (i64,) =
            sqlx::query_as(USED).bind(new.owner_id).fetch_one(&mut *tx).await?;
        if used_bytes.saturating_add(new.size_bytes) > quota_bytes {
            return Ok(Err(Refusal::OverQuota { quota_bytes, used_bytes }));
        }
        let (open,): (i64,) = sqlx::query_as(OPEN).bind(new.owner_id).fetch_one(&mut *tx).await?;
        if open >= allowance.max_open {
            return Ok(Err(Refusal::TooManyOpen));
        }
        sqlx::query(VIDEO)
            .bind(upload.video_id)
            .bind(new.owner_id)
            .bind(upload.id)
            .bind(&new.title)
            .bind(&new.description)
            .bind(&tags)
            .bind(new.privacy)
            .bind(&new.file_name)
            .bind(new.size_bytes)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query(UPLOAD)
            .bind(upload.id)
            .bind(upload.video_id)
            .bind(new.owner_id)
            .bind(upload.size_bytes)
            .bind(upload.part_size_bytes)
            .bind(upload.part_count)
            .bind(now)
            .bind(upload.expires_at)
            .execute(&mut *tx)
            .await?;
        Ok(upload.clone())
    }))
}

fn part_count(size_bytes: i64, part_size_bytes: i64) -> i64 {
    let part = part_size_bytes.max(1);
    size_bytes / part + i64::from(size_bytes % part != 0)
}
