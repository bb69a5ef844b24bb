//! What every handler and every background task shares: built once from the configuration, cheap to clone.

use std::sync::Arc;

use axum::http::HeaderValue;
use mutoscope_core::{
    bus::{
        BusError, EventBus,
        kafka::KafkaBus,
        log::{self, EventLog, Sequencer},
    },
    db::{Db, DbError, replica::Replica},
    search::SearchBackend,
    store::{MediaStore, StoreError},
};
use mutoscope_transcoder::demand::{Bells, Demand};
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{
        keys::{KeyFileError, SigningKeys},
        password::{PasswordError, PasswordHashers},
        throttle::Throttle,
    },
    config::Config,
    middleware::headers,
    routes::{playback::MediaCache, uploads::Receiving},
    search_index::{SearchIndex, SearchIndexError},
};

/// The platform in this process.
#[derive(Debug, Clone)]
pub struct App {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The truth.
    pub db: Db,
    /// Where reads that may lag go.
    pub replica: Option<Replica>,
    /// The bytes.
    pub store: MediaStore,
    /// The outbox as a log: where events begin.
    pub log: EventLog,
    /// Where events are read: the same log, or Kafka.
    pub bus: Arc<dyn EventBus>,
    /// Finds videos by words.
    pub search: Arc<dyn SearchBackend>,
    /// The same, by kind.
    pub search_index: SearchIndex,
    /// What rings between the roles of this process.
    pub bells: Arc<Bells>,
    /// Asks for segments that viewers wait for.
    pub demand: Demand,
    /// What delivery keeps in memory.
    pub media: MediaCache,
    /// Parts of uploads that are coming in.
    pub receiving: Receiving,
    /// What signs tokens and links.
    pub keys: SigningKeys,
    /// What hashes and compares passwords.
    pub passwords: PasswordHashers,
    /// How often someone may guess.
    pub throttle: Throttle,
    /// The content-security-policy of every answer.
    pub policy: HeaderValue,
    /// Cancelled when the process is asked to stop.
    pub stop: CancellationToken,
}

/// The platform can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database.
    #[error("the database can't be opened")]
    Database(#[from] DbError),
    /// The client of Kafka.
    #[error("events can't go through Kafka")]
    Events(#[from] BusError),
    /// The storage.
    #[error("the storage can't be opened")]
    Storage(#[from] StoreError),
    /// The search index.
    #[error("the search index can't be opened")]
    Search(#[from] SearchIndexError),
    /// The signing keys.
    #[error("the signing keys can't be used")]
    Keys(#[from] KeyFileError),
    /// The password hashers.
    #[error("passwords can't be hashed")]
    Passwords(#[from] PasswordError),
}

impl App {
    /// Opens database and storage as configured. The sequencer is to be run as a task by one who keeps the app running.
    pub async fn open(config: Config) -> Result<(Self, Sequencer), OpenError> {
        let db = Db::open(&config.database).await?;
        Self::on_database(config, db)
    }

    /// The same on a database that is open already.
    pub fn on_database(config: Config, db: Db) -> Result<(Self, Sequencer), OpenError> {
        let replica = config.read_replica.as_ref().map(Replica::open).transpose()?;
        let store = MediaStore::open(&config.storage)?;
        let keys = SigningKeys::open(config.signing_keys.clone())?;
        let owner = config.lease_owner("sequencer");
        let (log, sequencer) = log::open(db.clone(), owner);
        let bus = bus(&config, &db, &log)?;
        let bells = Bells::new();
        let search_index = SearchIndex::open(&config)?;
        let app = Self {
            demand: Demand::new(db.clone(), Arc::clone(&bells)),
            bells,
            media: MediaCache::default(),
            receiving: Receiving::default(),
            db,
            replica,
            store,
            log,
            bus,
            search: search_index.backend(),
            search_index,
            keys,
            passwords: PasswordHashers::new()?,
            throttle: Throttle::default(),
            policy: headers::policy(&config),
            config: Arc::new(config),
            stop: CancellationToken::new(),
        };
        Ok((app, sequencer))
    }
}

/// Where events are read, as configured.
pub fn bus(config: &Config, db: &Db, log: &EventLog) -> Result<Arc<dyn EventBus>, BusError> {
    Ok(match &config.kafka {
        Some(settings) => Arc::new(KafkaBus::open(db.clone(), settings.clone())?),
        None => Arc::new(log.clone()),
    })
}
