//! Accounts: who is there, what they may do, and how they come and go.

mod change;
mod list;
mod register;
mod remove;

use super::{Db, DbError, read};
use crate::{account::Role, id::UserId, time::UnixMs};

pub use change::{Restrained, block, change_password, reset_password, set_quota, set_role, unblock};
pub use list::{AccountLine, Place, line, list};
pub use register::{Admission, NewUser, Registered, register};
pub use remove::remove;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// Its id, and that of its channel.
    pub id: UserId,
    /// The name as its owner writes it.
    pub username: String,
    /// The folded name: unique, and the channel's address.
    #[sqlx(rename = "username_key")]
    pub handle: String,
    /// The e-mail address as its owner writes it.
    pub email: String,
    /// The channel's name.
    pub display_name: String,
    /// The channel's description.
    pub about: String,
    /// What its owner may do.
    pub role: Role,
    /// What it may store, in bytes; `None`: the setting decides.
    pub quota_bytes: Option<i64>,
    /// When it was made.
    #[sqlx(rename = "created_at_ms")]
    pub created_at: UnixMs,
    /// Since when it can't be used and its videos are out of sight.
    #[sqlx(rename = "blocked_at_ms")]
    pub blocked_at: Option<UnixMs>,
}

/// An account with what its password is compared with.
#[derive(Clone, sqlx::FromRow)]
pub struct Credentials {
    /// The account.
    #[sqlx(flatten)]
    pub user: User,
    /// PHC text.
    pub password_hash: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// The account with this id.
pub async fn find(db: &Db, id: UserId) -> Result<Option<User>, DbError> {
    const SQL: &str = "SELECT id, username, username_key, email, display_name, about, role, quota_bytes, \
        created_at_ms, blocked_at_ms FROM users WHERE id = $1";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?
    }))
}

/// The account whose user name folds to `handle`.
pub async fn find_by_handle(db: &Db, handle: &str) -> Result<Option<User>, DbError> {
    const SQL: &str = "SELECT id, username, username_key, email, display_name, about, role, quota_bytes, \
        created_at_ms, blocked_at_ms FROM users WHERE username_key = $1";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(handle).fetch_optional(pool).await?
    }))
}

/// The account that someone names to sign in: `key` is a folded user name, or a folded e-mail address where it holds `@`.
pub async fn find_credentials(db: &Db, key: &str) -> Result<Option<Credentials>, DbError> {
    const BY_NAME: &str = "SELECT * FROM users WHERE username_key = $1";
    const BY_EMAIL: &str = "SELECT * FROM users WHERE email_key = $1";
    let sql = if key.contains('@') { BY_EMAIL } else { BY_NAME };
    Ok(read!(db, pool => {
        sqlx::query_as(sql).bind(key).fetch_optional(pool).await?
    }))
}

/// What the password of this account is compared with.
pub async fn password_hash(db: &Db, id: UserId) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = read!(db, pool => {
        sqlx::query_as("SELECT password_hash FROM users WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await?
    });
    Ok(row.map(|(hash,)| hash))
}

/// Whether nobody has an account yet: the next one to register is the administrator.
pub async fn is_empty(db: &Db) -> Result<bool, DbError> {
    let row: Option<(UserId,)> = read!(db, pool => {
        sqlx::query_as("SELECT id FROM users LIMIT 1").fetch_optional(pool).await?
    });
    Ok(row.is_none())
}

/// What the account's mezzanines and the uploads under way take, in bytes.
pub async fn used_bytes(db: &Db, id: UserId) -> Result<i64, DbError> {
    const SQL: &str = "SELECT COALESCE(CAST(SUM(size_bytes) AS BIGINT), 0) FROM videos WHERE owner_id = $1";
    let (bytes,): (i64,) = read!(db, pool => {
        sqlx::query_as(SQL).bind(id).fetch_one(pool).await?
    });
    Ok(bytes)
}

/// Within the caller's transaction: nobody else counts or changes administrators until it ends.
///
/// SQLite has one writer anyway. PostgreSQL's transactions run side by side, and this row is the one they all meet at.
macro_rules! lock_administrators {
    ($tx:ident) => {
        sqlx::query(
            "INSERT INTO leases (name, owner, token, fence, until_ms) VALUES ('administrators', '', $1, 1, 0) \
             ON CONFLICT (name) DO UPDATE SET fence = leases.fence + 1",
        )
        .bind(uuid::Uuid::nil())
        .execute(&mut *$tx)
        .await?
    };
}
pub(crate) use lock_administrators;
