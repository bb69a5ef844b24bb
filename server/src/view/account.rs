//! An account as its owner and its administrators see it.

use mutoscope_core::{
    account::Role,
    db::{
        Db, DbError,
        users::{self, AccountLine, User},
    },
    id::UserId,
    time::UnixMs,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::UploadSettings;

/// An account, for its owner.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    /// The name as its owner writes it.
    username: String,
    /// The channel's address: `/c/{handle}`.
    handle: String,
    /// The e-mail address.
    email: String,
    /// What it may do.
    #[schema(value_type = RoleView)]
    role: Role,
    /// What its videos may take together, in bytes.
    quota_bytes: i64,
    /// What they take.
    used_bytes: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

/// What an account may do: the schema of the domain's own enum, which knows no OpenAPI.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "snake_case")]
pub enum RoleView {
    /// Upload and watch.
    Member,
    /// Everything.
    Admin,
}

/// An account, for administrators.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdminUser)]
pub struct AccountView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    /// The name as its owner writes it.
    username: String,
    /// The channel's address: `/c/{handle}`.
    handle: String,
    /// The e-mail address.
    email: String,
    /// What it may do.
    #[schema(value_type = RoleView)]
    role: Role,
    /// Whether it is blocked: it can't be used, and its videos are out of sight.
    blocked: bool,
    /// What its videos may take together, in bytes; null: what the settings say.
    quota_bytes: Option<i64>,
    /// What they take.
    used_bytes: i64,
    /// How many there are.
    video_count: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

impl UserView {
    /// The view of `user`, with what it stores looked up.
    pub async fn load(db: &Db, settings: &UploadSettings, user: User) -> Result<Self, DbError> {
        let used_bytes = users::used_bytes(db, user.id).await?;
        let default = i64::try_from(settings.quota_bytes).unwrap_or(i64::MAX);
        Ok(Self {
            id: user.id,
            username: user.username,
            handle: user.handle,
            email: user.email,
            role: user.role,
            quota_bytes: user.quota_bytes.unwrap_or(default),
            used_bytes,
            created_at: user.created_at,
        })
    }
}

impl From<AccountLine> for AccountView {
    fn from(line: AccountLine) -> Self {
        let user = line.user;
        Self {
            id: user.id,
            username: user.username,
            handle: user.handle,
            email: user.email,
            role: user.role,
            blocked: user.blocked_at.is_some(),
            quota_bytes: user.quota_bytes,
            used_bytes: line.used_bytes,
            video_count: line.video_count,
            created_at: user.created_at,
        }
    }
}
