//! Changes that an owner makes to what is said about a video.

use super::Video;
use crate::{
    db::{Db, DbError, outbox::append_event, read, write},
    event::{Event, What},
    id::{UserId, VideoId},
    time::UnixMs,
    video::Privacy,
};

/// What to change; `None` leaves it as it is. Lengths are the caller's to check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VideoChange {
    /// The new title.
    pub title: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new tags, all of them.
    pub tags: Option<Vec<String>>,
    /// Who may see it from now on.
    pub privacy: Option<Privacy>,
}

/// Changes the video, raises its version and tells the log; `None` where it is not there.
pub async fn change(db: &Db, id: VideoId, change: &VideoChange) -> Result<Option<Video>, DbError> {
    const SQL: &str = "UPDATE videos SET title = COALESCE($2, title), description = COALESCE($3, description), \
        tags = COALESCE($4, tags), privacy = COALESCE($5, privacy), version = version + 1, updated_at_ms = $6 \
        WHERE id = $1";
    let tags = match &change.tags {
        Some(tags) => Some(super::tags_json(tags)?),
        None => None,
    };
    let changed = write!(db, tx => {
        let updated = sqlx::query(SQL)
            .bind(id)
            .bind(&change.title)
            .bind(&change.description)
            .bind(&tags)
            .bind(change.privacy)
            .bind(UnixMs::now())
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if updated == 1 {
            append_event!(tx, Event::new(id, What::VideoChanged));
        }
        updated == 1
    });
    if !changed {
        return Ok(None);
    }
    db.announce();
    super::find(db, id).await
}

/// Tells the log that something about the owner of these videos changed: they were blocked or allowed again, or their
/// channel has another name. Returns how many videos that was.
pub async fn announce_owner_changed(db: &Db, owner_id: UserId) -> Result<u64, DbError> {
    const BATCH: i64 = 200;
    const IDS: &str = "SELECT id FROM videos WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    const TOUCH: &str = "UPDATE videos SET version = version + 1 WHERE id = $1";
    let mut count = 0;
    let mut last = VideoId::from_uuid(uuid::Uuid::nil());
    loop {
        let ids: Vec<(VideoId,)> = read!(db, pool => {
            sqlx::query_as(IDS).bind(owner_id).bind(last).bind(BATCH).fetch_all(pool).await?
        });
        let Some((end,)) = ids.last() else {
            return Ok(count);
        };
        last = *end;
        count += ids.len() as u64;
        write!(db, tx => {
            for (id,) in &ids {
                let touched = sqlx::query(TOUCH).bind(id).execute(&mut *tx).await?.rows_affected();
                if touched == 1 {
                    append_event!(tx, Event::new(*id, What::VideoChanged));
                }
            }
        });
        db.announce();
    }
}
