//! What an operator may set, one file a concern: a TOML file, then the environment, then flags.
//!
//! [`load`] reports all faults at once, each with its line, variable or flag. Nothing else of the platform reads the
//! environment.

mod accounts;
mod data;
mod database;
mod events;
mod fault;
mod file;
mod films;
mod key;
mod log;
mod network;
mod reader;
mod renditions;
mod search;
mod secret;
mod storage;
mod telemetry;
mod uploads;
mod value;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use mutoscope_core::{bus::kafka::KafkaSettings, db::DbSettings, store::StoreSettings};
use mutoscope_transcoder::limits::Limits;

pub use accounts::{AccountSettings, Registration};
pub use data::{DataFolder, DataFolderError, DataLock, Roles};
pub use database::sqlite_url;
pub use fault::{Fault, Faults, Origin};
pub use key::{KEYS, Key};
pub use log::{LogFormat, LogSettings};
pub use network::{Cidr, NetworkSettings, TlsFiles};
pub use renditions::RenditionSettings;
pub use search::SearchSettings;
pub use secret::Secret;
pub use telemetry::TelemetrySettings;
pub use uploads::UploadSettings;
pub use value::bytes as parse_bytes;

use reader::Reader;
use uuid::Uuid;

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name people see.
    pub name: String,
    /// Database, objects, index and keys lie below it unless told otherwise; absolute.
    pub data: PathBuf,
    /// Names this platform's processes in leases: the data folder's name once it is locked, by chance before.
    pub instance: Uuid,
    /// What this process does.
    pub roles: Roles,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Addresses, TLS, proxies.
    pub network: NetworkSettings,
    /// Registration, sessions.
    pub accounts: AccountSettings,
    /// Sizes and quotas.
    pub uploads: UploadSettings,
    /// What one film may be and take.
    pub films: Limits,
    /// Where traces go; `None`: nowhere.
    pub telemetry: Option<TelemetrySettings>,
    /// The truth.
    pub database: DbSettings,
    /// A replica of it, for reads that may lag.
    pub read_replica: Option<DbSettings>,
    /// Where events go through; `None`: the database's own log.
    pub kafka: Option<KafkaSettings>,
    /// The bytes.
    pub storage: StoreSettings,
    /// Where videos are found by words.
    pub search: SearchSettings,
    /// The file of signing keys; made at first run.
    pub signing_keys: PathBuf,
    /// The media process is jailed; off only for systems without seccomp.
    pub sandbox: bool,
    /// What is made of films.
    pub renditions: RenditionSettings,
}

impl Config {
    /// What a task of this process is called in leases, unlike any other.
    pub fn lease_owner(&self, task: &str) -> String {
        format!("{}/{task}-{}-{}", self.instance, std::process::id(), Uuid::new_v4().simple())
    }
}

/// Where settings come from, the weakest first.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// The variables of the process.
    pub environment: BTreeMap<String, String>,
    /// Flags: the key, the flag as it was written, its value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// Reads and checks everything.
///
/// # Errors
/// All faults, in the order of the file, then the environment, then the flags, then what is wrong between settings.
pub fn load(sources: &Sources) -> Result<Config, Faults> {
    let mut reader = Reader::gather(sources);
    let data = reader.path("data").unwrap_or_else(|| absolute(Path::new("data")));
    let uploads = UploadSettings::read(&mut reader);
    let storage = storage::read(&mut reader, &data);
    let config = Config {
        name: reader.text("name").unwrap_or_else(|| "Mutoscope".to_owned()),
        instance: Uuid::new_v4(),
        roles: Roles::read(&mut reader),
        log: LogSettings::read(&mut reader),
        network: NetworkSettings::read(&mut reader),
        telemetry: telemetry::read(&mut reader),
        accounts: AccountSettings::read(&mut reader),
        films: films::read(&mut reader, uploads.max_bytes),
        uploads,
        read_replica: database::read_replica(&mut reader),
        database: database::read(&mut reader, &data),
        kafka: events::read(&mut reader),
        search: SearchSettings::read(&mut reader, &storage),
        storage,
        signing_keys: reader.path("signing_keys").unwrap_or_else(|| data.join("keys").join("signing.json")),
        sandbox: reader.flag("sandbox").unwrap_or(true),
        renditions: RenditionSettings::read(&mut reader),
        data,
    };
    reader.finish(config)
}

fn absolute(path: &Path) -> PathBuf {
    // Fails only for an empty path or without a working folder; then the path as it is fails where it is used.
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
