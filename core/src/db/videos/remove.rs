//! Taking videos away: rows at once, objects by the sweeper.

use crate::{
    db::{Db, DbError, read, write},
    id::{UserId, VideoId},
    time::UnixMs,
};

/// Removes a video within the caller's transaction: its rows go, and with them the leases on its jobs; its objects are
/// named to the sweeper; the log is told. `true` where it was there. The caller announces after the commit.
macro_rules! remove_within {
    ($tx:ident, $id:expr, $now:expr) => {{
        let (id, now): ($crate::id::VideoId, $crate::time::UnixMs) = ($id, $now);
        let removed =
            sqlx::query("DELETE FROM videos WHERE id = $1").bind(id).execute(&mut *$tx).await?.rows_affected();
        if removed == 1 {
            // Where films are spread over many servers, jobs are not, and no reference takes them along.
            sqlx::query("DELETE FROM jobs WHERE video_id = $1").bind(id).execute(&mut *$tx).await?;
            sqlx::query($crate::db::garbage::THROW_AWAY)
                .bind($crate::store::StorageKey::video_prefix(id))
                .bind(now)
                .bind(now.plus($crate::db::garbage::LATE_OBJECTS))
                .execute(&mut *$tx)
                .await?;
            let event = $crate::event::Event::new(id, $crate::event::What::VideoDeleted);
            $crate::db::outbox::append_event!($tx, event);
        }
        removed == 1
    }};
}
pub(crate) use remove_within;

/// Removes the video; `false` where it was not there.
pub async fn remove(db: &Db, id: VideoId) -> Result<bool, DbError> {
    let now = UnixMs::now();
    let removed = write!(db, tx => { remove_within!(tx, id, now) });
    if removed {
        db.announce();
    }
    Ok(removed)
}

/// Removes every video of an owner; returns how many. Run it before the owner's account goes.
pub async fn remove_all_of_owner(db: &Db, owner_id: UserId) -> Result<u64, DbError> {
    const IDS: &str = "SELECT id FROM videos WHERE owner_id = $1 ORDER BY id LIMIT 100";
    let mut count = 0;
    loop {
        let ids: Vec<(VideoId,)> = read!(db, pool => {
            sqlx::query_as(IDS).bind(owner_id).fetch_all(pool).await?
        });
        if ids.is_empty() {
            return Ok(count);
        }
        let now = UnixMs::now();
        count += write!(db, tx => {
            let mut removed = 0;
            for (id,) in &ids {
                removed += u64::from(remove_within!(tx, *id, now));
            }
            removed
        });
        db.announce();
    }
}
