//! Making an account: the first one of a platform is its administrator, whoever else registers at the same moment.

use super::{User, lock_administrators};
use crate::{
    account::{EmailAddress, Role, Username},
    db::{Db, DbError, write},
    id::{InvitationId, UserId},
    time::UnixMs,
};

/// An account to be made.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// Its name and handle.
    pub username: &'a Username,
    /// Its address.
    pub email: &'a EmailAddress,
    /// PHC text.
    pub password_hash: &'a str,
}

/// Why the account may be made.
#[derive(Debug, Clone, Copy)]
pub enum Admission<'a> {
    /// Everyone may register.
    Open,
    /// Whoever brings an invitation, named by the SHA-256 of its code (lower-case hex).
    Invitation(&'a str),
    /// Nobody: only the first account of a platform may be made.
    FirstOnly,
    /// An operator makes it, with this role.
    ByOperator(Role),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It is there.
    Done(Box<User>),
    /// The invitation is used, revoked, out of date, or none.
    InvitationInvalid,
    /// There is an account already, and no other way in.
    NotAdmitted,
}

/// Makes the account, with its role and its invitation, in one transaction.
///
/// # Errors
/// [`DbError::Taken`] with `users_username_key` or `users_email_key`; then an invitation is not used up.
pub async fn register(db: &Db, new: &NewUser<'_>, admission: Admission<'_>) -> Result<Registered, DbError> {
    const FIRST: &str = "SELECT COUNT(*) FROM (SELECT id FROM users LIMIT 1) AS one";
    const INSERT: &str = "INSERT INTO users (id, username, username_key, email, email_key, display_name, \
        password_hash, role, created_at_ms, password_changed_at_ms) VALUES ($1, $2, $3, $4, $5, $2, $6, $7, $8, $8)";
    const SAME_NAME: &str = "SELECT id FROM users WHERE username_key = $1";
    const USE_INVITATION: &str = "UPDATE invitations SET used_at_ms = $2 WHERE code_sha256 = $1 \
        AND used_at_ms IS NULL AND revoked_at_ms IS NULL AND expires_at_ms > $2 RETURNING id";
    const NAME_ITS_USER: &str = "UPDATE invitations SET used_by = $2 WHERE id = $1";
    let now = UnixMs::now();
    let id = UserId::new();
    let done = |role| {
        Registered::Done(Box::new(User {
            id,
            username: new.username.as_str().to_owned(),
            handle: new.username.key().to_owned(),
            email: new.email.as_str().to_owned(),
            display_name: new.username.as_str().to_owned(),
            about: String::new(),
            role,
            quota_bytes: None,
            created_at: now,
            blocked_at: None,
        }))
    };
    Ok(write!(db, tx => {
        let (mut others,): (i64,) = sqlx::query_as(FIRST).fetch_one(&mut *tx).await?;
        if others == 0 {
            // Look again where nobody else can register before this transaction ends.
            lock_administrators!(tx);
            (others,) = sqlx::query_as(FIRST).fetch_one(&mut *tx).await?;
        }
        let mut invitation: Option<(InvitationId,)> = None;
        let role = match admission {
            _ if others == 0 => Role::Admin,
            Admission::Open => Role::Member,
            Admission::ByOperator(role) => role,
            Admission::FirstOnly => return Ok(Registered::NotAdmitted),
            Admission::Invitation(code) => {
                invitation = sqlx::query_as(USE_INVITATION).bind(code).bind(now).fetch_optional(&mut *tx).await?;
                if invitation.is_none() {
                    return Ok(Registered::InvitationInvalid);
                }
                Role::Member
            }
        };
        // Where name and address are both taken, the name is told, on every database alike.
        let namesake: Option<(UserId,)> =
            sqlx::query_as(SAME_NAME).bind(new.username.key()).fetch_optional(&mut *tx).await?;
        if namesake.is_some() {
            return Err(DbError::Taken { constraint: "users_username_key".to_owned() });
        }
        sqlx::query(INSERT)
            .bind(id)
            .bind(new.username.as_str())
            .bind(new.username.key())
            .bind(new.email.as_str())
            .bind(new.email.key())
            .bind(new.password_hash)
            .bind(role)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        if let Some((invitation,)) = invitation {
            sqlx::query(NAME_ITS_USER).bind(invitation).bind(id).execute(&mut *tx).await?;
        }
        done(role)
    }))
}
