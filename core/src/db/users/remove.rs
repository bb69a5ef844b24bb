//! The end of an account, with everything in it.

use super::{Restrained, lock_administrators};
use crate::{
    account::Role,
    db::{Db, DbError, lock::LockRows, videos, videos::remove_within, write},
    id::{UserId, VideoId},
    time::UnixMs,
};

/// Deletes the account with its sessions and videos; the bytes go with the next sweep.
///
/// # Errors
/// [`DbError::NotFound`] where it is not there.
pub async fn remove(db: &Db, id: UserId) -> Result<Restrained, DbError> {
    const ROLE: &str = "SELECT role FROM users WHERE id = $1";
    const OTHERS: &str = "SELECT COUNT(*) FROM users WHERE role = 'admin' AND blocked_at_ms IS NULL AND id <> $1";
    const BLOCK: &str = "UPDATE users SET blocked_at_ms = $2 WHERE id = $1";
    const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = $1";
    const VIDEOS: &str = "SELECT id FROM videos WHERE owner_id = $1 ORDER BY id";
    let now = UnixMs::now();
    // Blocked first, so that nothing new comes in while what is there is taken away in steps.
    let restrained = write!(db, tx => {
        lock_administrators!(tx);
        let role: Option<(Role,)> = sqlx::query_as(ROLE).bind(id).fetch_optional(&mut *tx).await?;
        let Some((role,)) = role else {
            return Err(DbError::NotFound("account"));
        };
        if role == Role::Admin {
            let (others,): (i64,) = sqlx::query_as(OTHERS).bind(id).fetch_one(&mut *tx).await?;
            if others == 0 {
                return Ok(Restrained::LastAdministrator);
            }
        }
        sqlx::query(BLOCK).bind(id).bind(now).execute(&mut *tx).await?;
        sqlx::query(END_SESSIONS).bind(id).execute(&mut *tx).await?;
        Restrained::Done
    });
    if restrained != Restrained::Done {
        return Ok(restrained);
    }
    videos::remove_all_of_owner(db, id).await?;
    write!(db, tx => {
        tx.lock_owner(id).await?;
        // What slipped in with a request that was under way.
        let late: Vec<(VideoId,)> = sqlx::query_as(VIDEOS).bind(id).fetch_all(&mut *tx).await?;
        for (video,) in late {
            let _was_there: bool = remove_within!(tx, video, now);
        }
        sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(&mut *tx).await?;
    });
    db.announce();
    Ok(Restrained::Done)
}
