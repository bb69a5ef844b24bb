//! The one order in which transactions take rows: the owner, the video, then what hangs on it.
//!
//! Deleting a video takes its row first and then, by its cascades, those of its upload, plans, segments and jobs. Whoever
//! takes one of these first and the video's row after can meet it half-way: each waits for the other. So a transaction
//! that is going to need both names the video first. SQLite has one writer, and nothing to order.

use sqlx::{PgConnection, SqliteConnection};

use super::DbError;
use crate::id::{UserId, VideoId};

/// Row locks, held until the transaction ends. A row that is not there is no error: what follows finds that out.
pub(crate) trait LockRows {
    /// Keeps the account from being changed or deleted.
    async fn lock_owner(&mut self, id: UserId) -> Result<(), DbError>;
    /// Keeps the video from being changed or deleted.
    async fn lock_video(&mut self, id: VideoId) -> Result<(), DbError>;
}

impl LockRows for SqliteConnection {
    async fn lock_owner(&mut self, _: UserId) -> Result<(), DbError> {
        Ok(())
    }

    async fn lock_video(&mut self, _: VideoId) -> Result<(), DbError> {
        Ok(())
    }
}

// NO KEY: rows that only refer to the locked one may still be written by others.
impl LockRows for PgConnection {
    async fn lock_owner(&mut self, id: UserId) -> Result<(), DbError> {
        sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(self).await?;
        Ok(())
    }

    async fn lock_video(&mut self, id: VideoId) -> Result<(), DbError> {
        sqlx::query("SELECT 1 FROM videos WHERE id = $1 FOR NO KEY UPDATE").bind(id).execute(self).await?;
        Ok(())
    }
}
