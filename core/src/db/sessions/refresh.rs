//! The exchange of a refresh token for the next one.

use std::time::Duration;

use crate::{
    db::{Db, DbError, users::User, write},
    id::{SessionId, UserId},
    time::UnixMs,
};

/// What became of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The next token is good, and the session lives on.
    Renewed {
        /// The session.
        session_id: SessionId,
        /// Whose it is.
        user: Box<User>,
    },
    /// The token was exchanged before: someone else has it too. Its session has ended.
    Reused {
        /// The session that ended.
        session_id: SessionId,
    },
    /// No session that stands has this token.
    Unknown,
}

/// Exchanges the token with the hash `presented` for the one with the hash `next` (lower-case hex of SHA-256).
///
/// Strict (RFC 9700, section 4.14.2): of two exchanges of one token the later ends the session, with the token that the
/// earlier one was given.
pub async fn refresh(db: &Db, presented: &str, next: &str, lifetime: Duration) -> Result<Refreshed, DbError> {
    const ROTATE: &str = "UPDATE sessions SET refresh_sha256 = $2, last_used_at_ms = $3, expires_at_ms = $4 \
        WHERE refresh_sha256 = $1 AND revoked_at_ms IS NULL AND expires_at_ms > $3 RETURNING id, user_id";
    const SPEND: &str = "INSERT INTO spent_refresh_tokens (sha256, session_id, spent_at_ms) VALUES ($1, $2, $3)";
    const USER: &str = "SELECT * FROM users WHERE id = $1 AND blocked_at_ms IS NULL";
    const SPENT: &str = "SELECT session_id FROM spent_refresh_tokens WHERE sha256 = $1";
    const END: &str = "UPDATE sessions SET revoked_at_ms = COALESCE(revoked_at_ms, $2) WHERE id = $1";
    let now = UnixMs::now();
    Ok(write!(db, tx => {
        let rotated: Option<(SessionId, UserId)> = sqlx::query_as(ROTATE)
            .bind(presented)
            .bind(next)
            .bind(now)
            .bind(now.plus(lifetime))
            .fetch_optional(&mut *tx)
            .await?;
        if let Some((session_id, user_id)) = rotated {
            sqlx::query(SPEND).bind(presented).bind(session_id).bind(now).execute(&mut *tx).await?;
            let user: Option<User> = sqlx::query_as(USER).bind(user_id).fetch_optional(&mut *tx).await?;
            match user {
                Some(user) => Refreshed::Renewed { session_id, user: Box::new(user) },
                None => Refreshed::Unknown,
            }
        } else {
            let spent: Option<(SessionId,)> = sqlx::query_as(SPENT).bind(presented).fetch_optional(&mut *tx).await?;
            match spent {
                Some((session_id,)) => {
                    sqlx::query(END).bind(session_id).bind(now).execute(&mut *tx).await?;
                    Refreshed::Reused { session_id }
                }
                None => Refreshed::Unknown,
            }
        }
    }))
}
