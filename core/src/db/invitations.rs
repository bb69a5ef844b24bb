//! Rights to register, each good once.

use super::{Db, DbError, read, write};
use crate::{
    id::{InvitationId, UserId},
    time::UnixMs,
};

/// An invitation as administrators see it. The code itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it is for, in the words of whoever made it.
    pub note: String,
    /// When it was made.
    #[sqlx(rename = "created_at_ms")]
    pub created_at: UnixMs,
    /// Until when it is good.
    #[sqlx(rename = "expires_at_ms")]
    pub expires_at: UnixMs,
    /// The name of the account that was made with it.
    pub used_by: Option<String>,
    /// When that was.
    #[sqlx(rename = "used_at_ms")]
    pub used_at: Option<UnixMs>,
    /// When it was taken back.
    #[sqlx(rename = "revoked_at_ms")]
    pub revoked_at: Option<UnixMs>,
}

/// Makes an invitation; `code_sha256` is lower-case hex, `created_by` is `None` for the operator at the command line.
pub async fn create(
    db: &Db,
    code_sha256: &str,
    note: &str,
    created_by: Option<UserId>,
    expires_at: UnixMs,
) -> Result<Invitation, DbError> {
    const SQL: &str = "INSERT INTO invitations (id, code_sha256, note, created_by, created_at_ms, expires_at_ms) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let id = InvitationId::new();
    let now = UnixMs::now();
    write!(db, tx => {
        sqlx::query(SQL)
            .bind(id)
            .bind(code_sha256)
            .bind(note)
            .bind(created_by)
            .bind(now)
            .bind(expires_at)
            .execute(&mut *tx)
            .await?;
    });
    Ok(Invitation {
        id,
        note: note.to_owned(),
        created_at: now,
        expires_at,
        used_by: None,
        used_at: None,
        revoked_at: None,
    })
}

/// Invitations, the newest first, after the one with the id `after`.
pub async fn list(db: &Db, after: Option<InvitationId>, limit: i64) -> Result<Vec<Invitation>, DbError> {
    const SQL: &str = "SELECT invitations.id, note, invitations.created_at_ms, expires_at_ms, \
            users.username AS used_by, used_at_ms, revoked_at_ms \
        FROM invitations LEFT JOIN users ON users.id = invitations.used_by \
        WHERE invitations.id < $1 ORDER BY invitations.id DESC LIMIT $2";
    let before = after.unwrap_or(InvitationId::from_uuid(uuid::Uuid::max()));
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(before).bind(limit).fetch_all(pool).await?
    }))
}

/// Takes an invitation back; `false` where there is none with this id that could still be used.
pub async fn revoke(db: &Db, id: InvitationId) -> Result<bool, DbError> {
    const SQL: &str = "UPDATE invitations SET revoked_at_ms = $2 \
        WHERE id = $1 AND used_at_ms IS NULL AND revoked_at_ms IS NULL";
    let revoked = write!(db, tx => {
        sqlx::query(SQL).bind(id).bind(UnixMs::now()).execute(&mut *tx).await?.rows_affected()
    });
    Ok(revoked > 0)
}
