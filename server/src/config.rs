//! What an operator may set, one file a concern; built once by [`load`] and never read from elsewhere.

mod accounts;
mod network;
mod secret;
mod uploads;

pub use accounts::{AccountSettings, Registration};
pub use network::{Cidr, NetworkSettings, TlsFiles};
pub use secret::Secret;
pub use uploads::UploadSettings;

use std::path::PathBuf;

use mutoscope_core::{db::DbSettings, store::StoreSettings};

/// Which work this process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// HTTP: API, web app, delivery.
    pub api: bool,
    /// Plans and spans.
    pub transcode: bool,
    /// Feeds the search index.
    pub index: bool,
}

impl Roles {
    /// Everything in one process.
    pub const ALL: Self = Self { api: true, transcode: true, index: true };
}

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name people see.
    pub name: String,
    /// Database, objects, index and keys lie below it unless told otherwise.
    pub data: PathBuf,
    /// What this process does.
    pub roles: Roles,
    /// Addresses, TLS, proxies.
    pub network: NetworkSettings,
    /// Registration, sessions.
    pub accounts: AccountSettings,
    /// Sizes and quotas.
    pub uploads: UploadSettings,
    /// The truth.
    pub database: DbSettings,
    /// The bytes.
    pub storage: StoreSettings,
    /// The file of signing keys; made at first run.
    pub signing_keys: PathBuf,
    /// The media process is jailed; off only for systems without seccomp.
    pub sandbox: bool,
}
