//! What the commands that work on a platform share: its settings, its log, and opening it.

use std::{io::IsTerminal, path::PathBuf, sync::Arc};

use mutoscope_core::{
    bus::{
        BusError, EventBus,
        log::{self, Sequencer},
    },
    db::{Db, DbError},
    error::ErrorKind,
};
use mutoscope_index::IndexError;
use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use super::exit::{Exit, LastWords};
use crate::{
    app::{self, App, OpenError},
    config::{self, Config, DataFolder, DataFolderError, Faults, LogFormat, LogSettings, Sources},
    telemetry::Traces,
};

/// Which platform.
#[derive(Debug, Clone, clap::Args)]
pub struct PlaceArgs {
    /// The settings, a TOML file. Variables are stronger, flags the strongest.
    #[arg(long, value_name = "FILE", env = "MUTOSCOPE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The folder of database, objects, index and keys [default: ./data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Which platform, and how to tell what became of it.
#[derive(Debug, Clone, clap::Args)]
pub struct PlatformArgs {
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Tell results as JSON, one event a line, and the error as the last line of standard error.
    #[arg(long)]
    pub json: bool,
}

impl PlaceArgs {
    /// Reads the settings, with `flags` above all else.
    pub fn settings(&self, flags: Vec<(&'static str, &'static str, String)>) -> Result<Config, LastWords> {
        let mut sources = Sources { file: self.config.clone(), environment: environment(), flags };
        if let Some(data) = &self.data {
            let data = data.to_string_lossy().into_owned();
            sources.flags.push(("data", "--data", data));
        }
        config::load(&sources).map_err(LastWords::from)
    }

    /// Settings and an open platform, for a command beside it or in its place. The log goes to standard error.
    pub async fn open(&self) -> Result<(App, Sequencer), LastWords> {
        let config = self.settings(Vec::new())?;
        start_log(&LogSettings { level: "warn".to_owned(), ..config.log.clone() });
        DataFolder::prepare(&config)?;
        Ok(App::open(config).await?)
    }

    /// Settings alone, for a command that speaks to services. The log goes to standard error.
    pub fn settings_and_log(&self) -> Result<Config, LastWords> {
        let config = self.settings(Vec::new())?;
        start_log(&LogSettings { level: "warn".to_owned(), ..config.log.clone() });
        Ok(config)
    }

    /// The events' bus, and the open database behind it.
    pub async fn open_events(&self) -> Result<(Arc<dyn EventBus>, Db), LastWords> {
        let (config, db) = self.open_database().await?;
        // The sequencer of the running platform gives places to what is put back.
        let (log, _) = log::open(db.clone(), "admin".to_owned());
        Ok((app::bus(&config, &db, &log)?, db))
    }

    /// Settings and the open database alone.
    pub async fn open_database(&self) -> Result<(Config, Db), LastWords> {
        let config = self.settings(Vec::new())?;
        start_log(&LogSettings { level: "warn".to_owned(), ..config.log.clone() });
        DataFolder::prepare(&config)?;
        let db = Db::open(&config.database).await?;
        Ok((config, db))
    }
}

/// Sends the log to standard error.
pub fn start_log(settings: &LogSettings) {
    start_log_and_traces(settings, None);
}

/// The same, and our spans to where traces go.
pub fn start_log_and_traces(settings: &LogSettings, traces: Option<&Traces>) {
    // The settings were checked when they were read.
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    // A line that can't be written, as on a full disk, is lost: saying so in the same place would end whoever logs it.
    let lines = match settings.format {
        LogFormat::Text => fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .log_internal_errors(false)
            .boxed(),
        LogFormat::Json => fmt::layer().json().with_writer(std::io::stderr).log_internal_errors(false).boxed(),
    };
    let log = tracing_subscriber::registry().with(lines.with_filter(filter));
    if let Err(error) = log.with(traces.map(|traces| traces.layer())).try_init() {
        eprintln!("warning: there is no log: {error}");
    }
}

impl From<Faults> for LastWords {
    fn from(faults: Faults) -> Self {
        let count = faults.0.len();
        let plural = if count == 1 { "fault" } else { "faults" };
        Self {
            code: "configuration".to_owned(),
            message: format!("{count} {plural} in the configuration\n{faults}"),
            exit: Exit::Usage,
        }
    }
}

impl From<DataFolderError> for LastWords {
    fn from(error: DataFolderError) -> Self {
        let (code, exit) = match error {
            DataFolderError::InUse(_) => ("data_folder_in_use", Exit::Usage),
            DataFolderError::Io(..) => ("data_folder_unusable", Exit::Storage),
        };
        Self { code: code.to_owned(), message: with_causes(&error), exit }
    }
}

impl From<DbError> for LastWords {
    fn from(error: DbError) -> Self {
        let (code, exit) = match (&error, error.kind()) {
            (DbError::Moved(_), _) => ("library_moved", Exit::Usage),
            (DbError::Arriving(_), _) => ("library_arriving", Exit::Usage),
            (DbError::Newer { .. }, _) => ("database_newer", Exit::Usage),
            (_, ErrorKind::Unavailable | ErrorKind::Full) => ("database_unavailable", Exit::Storage),
            (_, ErrorKind::Refused) => ("database_address", Exit::Usage),
            (_, ErrorKind::NotFound) => ("not_found", Exit::Refused),
            (_, ErrorKind::Conflict) => ("conflict", Exit::Refused),
            // A database that is there and is not ours to use: no rights, a wrong password, newer tables.
            (_, ErrorKind::Cancelled | ErrorKind::Internal) => ("database_unusable", Exit::Storage),
        };
        Self { code: code.to_owned(), message: with_causes(&error), exit }
    }
}

impl From<BusError> for LastWords {
    fn from(error: BusError) -> Self {
        let (code, exit) = match error {
            BusError::Database(error) => return error.into(),
            BusError::Service { .. } | BusError::Stuck => ("events_unavailable", Exit::Storage),
            BusError::Forgotten { .. } | BusError::NoLetter => ("not_found", Exit::Refused),
            BusError::StillUnreadable(_) => ("event_unreadable", Exit::Refused),
        };
        Self { code: code.to_owned(), message: with_causes(&error), exit }
    }
}

impl From<IndexError> for LastWords {
    fn from(error: IndexError) -> Self {
        let exit = match error.kind() {
            ErrorKind::Unavailable | ErrorKind::Full => Exit::Storage,
            ErrorKind::Conflict | ErrorKind::Refused => Exit::Refused,
            _ => Exit::Internal,
        };
        Self { code: "index_rebuild".to_owned(), message: with_causes(&error), exit }
    }
}

impl From<OpenError> for LastWords {
    fn from(error: OpenError) -> Self {
        let (code, exit) = match error {
            OpenError::Database(error) => return error.into(),
            OpenError::Events(error) => return error.into(),
            OpenError::Storage(_) => ("storage_unavailable", Exit::Storage),
            OpenError::Search(_) => ("index_unavailable", Exit::Storage),
            OpenError::Keys(_) => ("signing_keys", Exit::Usage),
            OpenError::Passwords(_) => ("internal", Exit::Internal),
        };
        Self { code: code.to_owned(), message: with_causes(&error), exit }
    }
}

/// An error and what caused it, in one sentence for whoever runs the command.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

/// Variables that are not text can't be settings of ours.
pub(super) fn environment() -> std::collections::BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| name.starts_with("MUTOSCOPE_"))
        .collect()
}
