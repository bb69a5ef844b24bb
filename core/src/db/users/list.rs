//! The administrator's list of accounts.

use super::User;
use crate::{
    db::{Db, DbError, read},
    id::UserId,
};

/// An account with what it keeps here.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountLine {
    /// The account.
    #[sqlx(flatten)]
    pub user: User,
    /// How many videos it has.
    pub video_count: i64,
    /// What their mezzanines take.
    pub used_bytes: i64,
}

/// Where a page ended: ids sort by the time the account was made.
pub type Place = UserId;

/// Accounts, the newest first, after `after`; only those whose folded name or address holds `part`, where it is given.
pub async fn list(db: &Db, part: Option<&str>, after: Option<Place>, limit: i64) -> Result<Vec<AccountLine>, DbError> {
    const SQL: &str = "SELECT users.*, \
            (SELECT COUNT(*) FROM videos WHERE owner_id = users.id) AS video_count, \
            (SELECT COALESCE(CAST(SUM(size_bytes) AS BIGINT), 0) FROM videos WHERE owner_id = users.id) AS used_bytes \
        FROM users \
        WHERE id < $1 AND (username_key LIKE $2 ESCAPE '!' OR email_key LIKE $2 ESCAPE '!') \
        ORDER BY id DESC LIMIT $3";
    let before = after.unwrap_or(UserId::from_uuid(uuid::Uuid::max()));
    let pattern = format!("%{}%", escaped(part.unwrap_or("")));
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(before).bind(pattern).bind(limit).fetch_all(pool).await?
    }))
}

/// One account with what it keeps here.
pub async fn line(db: &Db, id: UserId) -> Result<Option<AccountLine>, DbError> {
    const SQL: &str = "SELECT users.*, \
            (SELECT COUNT(*) FROM videos WHERE owner_id = users.id) AS video_count, \
            (SELECT COALESCE(CAST(SUM(size_bytes) AS BIGINT), 0) FROM videos WHERE owner_id = users.id) AS used_bytes \
        FROM users WHERE id = $1";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(id).fetch_optional(pool).await?
    }))
}

fn escaped(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for c in part.chars() {
        if matches!(c, '%' | '_' | '!') {
            text.push('!');
        }
        text.push(c);
    }
    text
}
