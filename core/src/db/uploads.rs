//! Uploads and their parts: promised when a link is signed, stored once their bytes are checked, complete when all are.

mod complete;
mod create;
mod expire;
mod part;

use super::{Db, DbError, read};
use crate::{
    id::{UploadId, UploadKey, UserId, VideoId},
    store::{Part, StorageKey},
    time::UnixMs,
};

pub use complete::{Completion, complete};
pub use create::{Allowance, NewVideo, Refusal, create};
pub use expire::{abort, expire};
pub use part::{Promise, Promised, forget_part, promise, set_stored};

/// An upload, finished or not.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The video that it brings.
    pub video_id: VideoId,
    /// Who uploads.
    pub owner_id: UserId,
    /// As the client named it.
    pub file_name: String,
    /// All parts together.
    pub size_bytes: i64,
    /// Every part but the last.
    pub part_size_bytes: i64,
    /// How many.
    pub part_count: i64,
    /// Swept after this, unless complete.
    #[sqlx(rename = "expires_at_ms")]
    pub expires_at: UnixMs,
    /// When all parts were there.
    #[sqlx(rename = "completed_at_ms")]
    pub completed_at: Option<UnixMs>,
}

/// A part that was promised.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UploadPart {
    /// From 1.
    pub number: i64,
    /// Of its content, lower-case hex.
    pub sha256: String,
    /// Its length.
    pub size_bytes: i64,
    /// When its bytes were there and checked.
    #[sqlx(rename = "stored_at_ms")]
    pub stored_at: Option<UnixMs>,
}

impl Upload {
    /// The length that part `number` must have; `None` where the upload has no such part.
    pub fn size_of_part(&self, number: i64) -> Option<i64> {
        if number < 1 || number > self.part_count {
            return None;
        }
        let start = (number - 1) * self.part_size_bytes;
        Some(self.part_size_bytes.min(self.size_bytes - start))
    }

    /// What its rows are found by.
    pub const fn key(&self) -> UploadKey {
        self.id.of(self.video_id)
    }

    /// Where part `number` with this content lies.
    pub fn key_of_part(&self, number: i64, sha256: &str) -> StorageKey {
        StorageKey::UploadPart { video_id: self.video_id, upload_id: self.id, number, sha256: sha256.to_owned() }
    }
}

/// The upload, where it is. All else that is done with one names its video, too; addresses of uploads don't.
pub async fn find(db: &Db, id: UploadId) -> Result<Option<Upload>, DbError> {
    const SQL: &str = "SELECT p.id, p.video_id, p.owner_id, v.file_name, p.size_bytes, p.part_size_bytes, \
        p.part_count, p.expires_at_ms, p.completed_at_ms FROM uploads p JOIN videos v ON v.id = p.video_id \
        WHERE p.id = $1";
    Ok(read!(db, pool => sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?))
}

/// The parts that were promised, by number.
pub async fn parts(db: &Db, upload: UploadKey) -> Result<Vec<UploadPart>, DbError> {
    const SQL: &str = "SELECT number, sha256, size_bytes, stored_at_ms FROM upload_parts \
        WHERE video_id = $1 AND upload_id = $2 ORDER BY number";
    Ok(read!(db, pool => sqlx::query_as(SQL).bind(upload.video_id).bind(upload.id).fetch_all(pool).await?))
}

/// The parts that make up a video's mezzanine, in order; empty while it is not whole.
pub async fn mezzanine(db: &Db, video_id: VideoId) -> Result<Vec<Part>, DbError> {
    const SQL: &str = "SELECT p.upload_id, p.number, p.sha256, p.size_bytes FROM videos v \
        JOIN upload_parts p ON p.video_id = v.id AND p.upload_id = v.upload_id \
        WHERE v.id = $1 AND v.completed_at_ms IS NOT NULL ORDER BY p.number";
    let rows: Vec<(UploadId, i64, String, i64)> = read!(db, pool => {
        sqlx::query_as(SQL).bind(video_id).fetch_all(pool).await?
    });
    Ok(rows
        .into_iter()
        .map(|(upload_id, number, sha256, size_bytes)| Part {
            key: StorageKey::UploadPart { video_id, upload_id, number, sha256 },
            size_bytes: size_bytes.unsigned_abs(),
        })
        .collect())
}
