//! Settings of accounts: who may register, how long a session lasts.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::reader::Reader;

/// Who may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RegistrationMode)]
pub enum Registration {
    /// Everyone.
    Open,
    /// Whoever has an invitation.
    Invite,
    /// Nobody; an administrator makes accounts.
    Closed,
}

/// Settings of accounts and sessions.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// Who may register. The first account of a platform may always be made, and is its administrator.
    pub registration: Registration,
    /// How long an access token is good.
    pub access_token_lifetime: Duration,
    /// How long a device stays signed in without being used.
    pub session_lifetime: Duration,
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self {
            registration: Registration::Open,
            access_token_lifetime: Duration::from_secs(10 * 60),
            session_lifetime: Duration::from_secs(30 * 24 * 3600),
        }
    }
}

impl AccountSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let default = Self::default();
        let registration = reader.take_one("registration", |text| match text {
            "open" => Ok(Registration::Open),
            "invite" => Ok(Registration::Invite),
            "closed" => Ok(Registration::Closed),
            _ => Err("write open, invite or closed".to_owned()),
        });
        let access_token_s = reader.number("accounts.access_token_s", 60..=3600);
        let session_days = reader.number("accounts.session_days", 1..=365);
        Self {
            registration: registration.unwrap_or(default.registration),
            access_token_lifetime: access_token_s.map_or(default.access_token_lifetime, Duration::from_secs),
            session_lifetime: session_days
                .map_or(default.session_lifetime, |days| Duration::from_secs(days * 24 * 3600)),
        }
    }
}
