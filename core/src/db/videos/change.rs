//! Changes that an owner makes to what is said about a video.

use super::Video;
use crate::{
    db::{Db, DbError, outbox::append_event, write},
    event::{Event, What},
    id::VideoId,
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

/// Tells the log within the caller's transaction, for each of the owner's videos, that something about their owner changed.
/// The caller announces after the commit.
macro_rules! tell_of_owner {
    ($tx:ident, $owner_id:expr) => {{
        // In the order of their ids, so that two who take several rows do not wait for each other.
        let ids: Vec<($crate::id::VideoId,)> = sqlx::query_as("SELECT id FROM videos WHERE owner_id = $1 ORDER BY id")
            .bind($owner_id)
            .fetch_all(&mut *$tx)
            .await?;
        for (id,) in ids {
            let touched = sqlx::query("UPDATE videos SET version = version + 1 WHERE id = $1")
                .bind(id)
                .execute(&mut *$tx)
                .await?
                .rows_affected();
            if touched == 1 {
                let event = $crate::event::Event::new(id, $crate::event::What::VideoChanged);
                $crate::db::outbox::append_event!($tx, event);
            }
        }
    }};
}
pub(crate) use tell_of_owner;
