//! What every handler and every background task shares: built once from the configuration, cheap to clone.

use std::sync::Arc;

use mutoscope_core::{
    bus::log::{self, EventLog, Sequencer},
    db::{Db, DbError},
    store::{MediaStore, StoreError},
};
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// The platform in this process.
#[derive(Debug, Clone)]
pub struct App {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The truth.
    pub db: Db,
    /// The bytes.
    pub store: MediaStore,
    /// The wake-ups.
    pub log: EventLog,
    /// Cancelled when the process is asked to stop.
    pub stop: CancellationToken,
}

/// The platform can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error("the database can't be opened")]
    Database(#[from] DbError),
    /// The storage.
    #[error("the storage can't be opened")]
    Storage(#[from] StoreError),
}

impl App {
    /// Opens database and storage as configured. The sequencer is to be run as a task by one who keeps the app running.
    pub async fn open(config: Config) -> Result<(Self, Sequencer), OpenError> {
        let db = Db::open(&config.database).await?;
        Self::on_database(config, db)
    }

    /// The same on a database that is open already.
    pub fn on_database(config: Config, db: Db) -> Result<(Self, Sequencer), OpenError> {
        let store = MediaStore::open(&config.storage)?;
        let owner = format!("server-{}", uuid::Uuid::new_v4().simple());
        let (log, sequencer) = log::open(db.clone(), owner);
        let app = Self {
            config: Arc::new(config),
            db,
            store,
            log,
            stop: CancellationToken::new(),
        };
        Ok((app, sequencer))
    }
}
