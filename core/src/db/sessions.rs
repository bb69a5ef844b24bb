//! Signed-in devices and their refresh tokens: each token is good once, and one that comes back ends its session.

mod refresh;

use std::time::Duration;

use super::{Db, DbError, read, write};
use crate::{
    account::Role,
    id::{SessionId, UserId},
    time::UnixMs,
};

pub use refresh::{Refreshed, refresh};

/// The oldest session of a user ends when one more than these begins.
const MOST_SESSIONS: i64 = 100;

/// A session to begin.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Whose.
    pub user_id: UserId,
    /// Lower-case hex of the refresh token's SHA-256.
    pub refresh_sha256: &'a str,
    /// What the device calls itself.
    pub user_agent: &'a str,
    /// Where it signed in from.
    pub address: &'a str,
    /// How long it stays signed in without being used.
    pub lifetime: Duration,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the device calls itself.
    pub user_agent: String,
    /// Where it signed in from.
    pub address: String,
    /// When it began.
    #[sqlx(rename = "created_at_ms")]
    pub created_at: UnixMs,
    /// When its refresh token was last exchanged.
    #[sqlx(rename = "last_used_at_ms")]
    pub last_used_at: UnixMs,
    /// When it ends by itself.
    #[sqlx(rename = "expires_at_ms")]
    pub expires_at: UnixMs,
}

/// Who is on a session that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// Whose it is.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
}

/// Begins a session.
pub async fn begin(db: &Db, new: &NewSession<'_>) -> Result<SessionId, DbError> {
    const INSERT: &str = "INSERT INTO sessions \
        (id, user_id, refresh_sha256, user_agent, address, created_at_ms, last_used_at_ms, expires_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
    const END_OLDEST: &str = "UPDATE sessions SET revoked_at_ms = $2 WHERE id IN ( \
        SELECT id FROM sessions WHERE user_id = $1 AND revoked_at_ms IS NULL \
        ORDER BY last_used_at_ms DESC, id DESC LIMIT 1000 OFFSET $3)";
    let now = UnixMs::now();
    let id = SessionId::new();
    write!(db, tx => {
        sqlx::query(INSERT)
            .bind(id)
            .bind(new.user_id)
            .bind(new.refresh_sha256)
            .bind(new.user_agent)
            .bind(new.address)
            .bind(now)
            .bind(now.plus(new.lifetime))
            .execute(&mut *tx)
            .await?;
        sqlx::query(END_OLDEST).bind(new.user_id).bind(now).bind(MOST_SESSIONS).execute(&mut *tx).await?;
    });
    Ok(id)
}

/// Who is on the session; `None` where it has ended, or its user is blocked or gone.
pub async fn standing(db: &Db, id: SessionId) -> Result<Option<Standing>, DbError> {
    const SQL: &str = "SELECT sessions.user_id, users.role FROM sessions JOIN users ON users.id = sessions.user_id \
        WHERE sessions.id = $1 AND sessions.revoked_at_ms IS NULL AND sessions.expires_at_ms > $2 \
        AND users.blocked_at_ms IS NULL";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(id).bind(UnixMs::now()).fetch_optional(pool).await?
    }))
}

/// The sessions of a user that stand, the last used first.
pub async fn list(db: &Db, user_id: UserId) -> Result<Vec<Session>, DbError> {
    const SQL: &str = "SELECT id, user_agent, address, created_at_ms, last_used_at_ms, expires_at_ms FROM sessions \
        WHERE user_id = $1 AND revoked_at_ms IS NULL AND expires_at_ms > $2 \
        ORDER BY last_used_at_ms DESC, id DESC LIMIT 100";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(user_id).bind(UnixMs::now()).fetch_all(pool).await?
    }))
}

/// Ends a session of this user; `false` where they have none with this id.
pub async fn end(db: &Db, user_id: UserId, id: SessionId) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE sessions SET revoked_at_ms = $3 \
        WHERE id = $1 AND user_id = $2 AND revoked_at_ms IS NULL";
    let ended = write!(db, tx => {
        sqlx::query(SQL).bind(id).bind(user_id).bind(UnixMs::now()).execute(&mut *tx).await?.rows_affected()
    });
    Ok(ended > 0)
}

/// Ends the session that this refresh token (lower-case hex of its SHA-256) belongs to, spent or not.
pub async fn end_by_token(db: &Db, refresh_sha256: &str) -> Result<(), DbError> {
    const SQL: &str = "UPDATE sessions SET revoked_at_ms = $2 WHERE revoked_at_ms IS NULL AND (refresh_sha256 = $1 \
        OR id IN (SELECT session_id FROM spent_refresh_tokens WHERE sha256 = $1))";
    write!(db, tx => {
        sqlx::query(SQL).bind(refresh_sha256).bind(UnixMs::now()).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Ends every session of this user but `keep`; returns how many.
pub async fn end_others(db: &Db, user_id: UserId, keep: SessionId) -> Result<u64, DbError> {
    const SQL: &str = "UPDATE sessions SET revoked_at_ms = $3 \
        WHERE user_id = $1 AND id <> $2 AND revoked_at_ms IS NULL";
    Ok(write!(db, tx => {
        sqlx::query(SQL).bind(user_id).bind(keep).bind(UnixMs::now()).execute(&mut *tx).await?.rows_affected()
    }))
}
