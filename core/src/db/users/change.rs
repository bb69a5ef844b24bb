//! Changes to an account: password, quota, role, standing.

use super::lock_administrators;
use crate::{
    account::Role,
    db::{Db, DbError, videos::tell_of_owner, write},
    id::{SessionId, UserId},
    time::UnixMs,
};

/// What became of a change that a platform's last administrator can't undergo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restrained {
    /// It is done.
    Done,
    /// It would have left the platform without an administrator who can sign in; nothing changed.
    LastAdministrator,
}

const END_SESSIONS: &str = "UPDATE sessions SET revoked_at_ms = $2 WHERE user_id = $1 AND revoked_at_ms IS NULL";
const OTHER_ADMINISTRATORS: &str = "SELECT COUNT(*) FROM users \
    WHERE role = 'admin' AND blocked_at_ms IS NULL AND id <> $1";

/// Sets a new password and ends every session but `keep`.
///
/// # Errors
/// [`DbError::NotFound`] where the account, or the password that was checked (`old_hash`), is no longer there.
pub async fn change_password(
    db: &Db,
    id: UserId,
    old_hash: &str,
    new_hash: &str,
    keep: SessionId,
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE users SET password_hash = $3, password_changed_at_ms = $4 \
        WHERE id = $1 AND password_hash = $2";
    const END_OTHERS: &str = "UPDATE sessions SET revoked_at_ms = $2 \
        WHERE user_id = $1 AND revoked_at_ms IS NULL AND id <> $3";
    let now = UnixMs::now();
    write!(db, tx => {
        let changed = sqlx::query(SQL)
            .bind(id)
            .bind(old_hash)
            .bind(new_hash)
            .bind(now)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if changed == 0 {
            return Err(DbError::NotFound("account"));
        }
        sqlx::query(END_OTHERS).bind(id).bind(now).bind(keep).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Sets a new password without asking for the old one, and ends every session.
///
/// # Errors
/// [`DbError::NotFound`] where the account is not there.
pub async fn reset_password(db: &Db, id: UserId, new_hash: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE users SET password_hash = $2, password_changed_at_ms = $3 WHERE id = $1";
    let now = UnixMs::now();
    write!(db, tx => {
        let changed = sqlx::query(SQL).bind(id).bind(new_hash).bind(now).execute(&mut *tx).await?.rows_affected();
        if changed == 0 {
            return Err(DbError::NotFound("account"));
        }
        sqlx::query(END_SESSIONS).bind(id).bind(now).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Sets what the account may store, in bytes; `None`: the setting decides.
///
/// # Errors
/// [`DbError::NotFound`] where the account is not there.
pub async fn set_quota(db: &Db, id: UserId, quota_bytes: Option<i64>) -> Result<(), DbError> {
    let changed = write!(db, tx => {
        sqlx::query("UPDATE users SET quota_bytes = $2 WHERE id = $1")
            .bind(id)
            .bind(quota_bytes)
            .execute(&mut *tx)
            .await?
            .rows_affected()
    });
    found(changed)
}

/// Gives the account another role.
///
/// # Errors
/// [`DbError::NotFound`] where the account is not there.
pub async fn set_role(db: &Db, id: UserId, role: Role) -> Result<Restrained, DbError> {
    Ok(write!(db, tx => {
        lock_administrators!(tx);
        if role != Role::Admin {
            let (others,): (i64,) = sqlx::query_as(OTHER_ADMINISTRATORS).bind(id).fetch_one(&mut *tx).await?;
            if others == 0 {
                return Ok(Restrained::LastAdministrator);
            }
        }
        let changed = sqlx::query("UPDATE users SET role = $2 WHERE id = $1")
            .bind(id)
            .bind(role)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        found(changed)?;
        Restrained::Done
    }))
}

/// Blocks the account: its sessions end, nobody signs in to it, and its videos go out of sight. Lists and bytes ask the
/// account itself; what is kept elsewhere, the search index above all, is told by an event for each video, in the same
/// transaction.
///
/// # Errors
/// [`DbError::NotFound`] where the account is not there.
pub async fn block(db: &Db, id: UserId) -> Result<Restrained, DbError> {
    const SQL: &str = "UPDATE users SET blocked_at_ms = COALESCE(blocked_at_ms, $2) WHERE id = $1";
    let now = UnixMs::now();
    let restrained = write!(db, tx => {
        lock_administrators!(tx);
        let (others,): (i64,) = sqlx::query_as(OTHER_ADMINISTRATORS).bind(id).fetch_one(&mut *tx).await?;
        if others == 0 {
            return Ok(Restrained::LastAdministrator);
        }
        let changed = sqlx::query(SQL).bind(id).bind(now).execute(&mut *tx).await?.rows_affected();
        found(changed)?;
        sqlx::query(END_SESSIONS).bind(id).bind(now).execute(&mut *tx).await?;
        tell_of_owner!(tx, id);
        Restrained::Done
    });
    db.announce();
    Ok(restrained)
}

/// Lifts the block, and says so for each video as [`block`] does.
///
/// # Errors
/// [`DbError::NotFound`] where the account is not there.
pub async fn unblock(db: &Db, id: UserId) -> Result<(), DbError> {
    write!(db, tx => {
        let changed = sqlx::query("UPDATE users SET blocked_at_ms = NULL WHERE id = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        found(changed)?;
        tell_of_owner!(tx, id);
    });
    db.announce();
    Ok(())
}

fn found(changed: u64) -> Result<(), DbError> {
    if changed == 0 {
        return Err(DbError::NotFound("account"));
    }
    Ok(())
}
