//! Elasticsearch (7.10 and newer) or OpenSearch behind the port of search: one adapter, plain JSON.
//!
//! [`settings`] and [`client`] speak to the service, [`error`] says what can go wrong; [`names`] and [`mapping`] say what
//! lies there. A change goes [`document`] -> [`bulk`], and [`place`] keeps what was taken in; a search goes
//! [`crate::query`] -> [`query`] -> [`find`]; [`draft`] makes an index beside the one that answers, under [`lock`].
//!
//! Words are cut and folded by [`crate::words`] and sent as terms: the service analyses nothing, and what a person typed
//! never meets its query language.
//!
//! The service has no transactions. Changes are written before the place, each under the batch's place as its version, and
//! what is there under a later one stays: whoever writes late or twice changes nothing. The place moves on only from where
//! its writer read it. Several who write at once, each a share, do it by [`standing`].

mod bulk;
mod client;
mod document;
mod draft;
mod error;
mod find;
mod lock;
mod mapping;
mod names;
mod place;
mod query;
mod settings;
mod standing;
mod version;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mutoscope_core::search::{
    MAX_LIMIT, SearchBackend, SearchBatch, SearchError, SearchHealth, SearchPage, SearchQuery, SearchRebuild, Suggested,
};
use tokio::sync::{OnceCell, Semaphore};

use client::Client;
use draft::{Abandoned, Draft};
use error::ElasticFault;
use names::Names;
use place::Place;

pub use settings::{ElasticSettings, ElasticSettingsError};
pub use standing::Standing;

/// Searches beyond this many at once wait, and not for long.
const SEARCHES_AT_ONCE: usize = 64;
const WAIT_FOR_TURN: Duration = Duration::from_secs(2);

/// A batch is tried so often against others who write at the same time.
const TRIES: usize = 4;

/// Search in Elasticsearch or OpenSearch; cheap to clone.
#[derive(Debug, Clone)]
pub struct ElasticSearch {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    names: Names,
    turns: Semaphore,
    /// Set once the service was seen to be one that we can talk to.
    known: OnceCell<()>,
    abandoned: Abandoned,
}

impl ElasticSearch {
    /// The adapter; the service is asked nothing yet.
    ///
    /// # Errors
    /// Where the settings can't be used.
    pub fn open(settings: ElasticSettings) -> Result<Self, ElasticSettingsError> {
        let names = Names::of(&settings.index)?;
        let client = Client::open(settings)?;
        let shared = Shared {
            client,
            names,
            turns: Semaphore::new(SEARCHES_AT_ONCE),
            known: OnceCell::new(),
            abandoned: Abandoned::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Runs `work` when it is its turn.
    async fn read<T>(&self, work: impl Future<Output = Result<T, ElasticFault>>) -> Result<T, SearchError> {
        let Ok(Ok(_turn)) = tokio::time::timeout(WAIT_FOR_TURN, self.shared.turns.acquire()).await else {
            return Err(ElasticFault::Crowded.into());
        };
        // Whatever is wrong with the index, to the one who searches it is a matter of time.
        work.await.map_err(|fault| match SearchError::from(fault) {
            SearchError::Damaged(cause) => SearchError::Unavailable(cause),
            error => error,
        })
    }
}

#[async_trait]
impl SearchBackend for ElasticSearch {
    async fn search(&self, query: SearchQuery) -> Result<SearchPage, SearchError> {
        let page = self.read(find::find(&self.shared.client, &self.shared.names, &query)).await?;
        page.ok_or(SearchError::Cursor)
    }

    async fn suggest(&self, prefix: &str, limit: usize) -> Result<Vec<Suggested>, SearchError> {
        let limit = limit.clamp(1, MAX_LIMIT);
        self.read(find::suggest(&self.shared.client, &self.shared.names, prefix, limit)).await
    }

    async fn apply(&self, batch: SearchBatch) -> Result<(), SearchError> {
        Ok(self.shared.apply(&batch).await?)
    }

    async fn position(&self) -> Result<i64, SearchError> {
        Ok(self.shared.place().await?.position)
    }

    async fn rebuild(&self) -> Result<Box<dyn SearchRebuild>, SearchError> {
        self.shared.meet().await?;
        Ok(Box::new(Draft::begin(self.shared.clone()).await?))
    }

    async fn health(&self) -> Result<SearchHealth, SearchError> {
        let position = self.shared.place().await?.position;
        let documents = find::count(&self.shared.client, &self.shared.names).await?;
        Ok(SearchHealth { documents, position })
    }
}

impl Shared {
    /// Makes sure, once, that the service is one that we can talk to.
    async fn meet(&self) -> Result<(), ElasticFault> {
        self.known.get_or_try_init(|| version::check(&self.client)).await?;
        Ok(())
    }

    async fn place(&self) -> Result<Place, ElasticFault> {
        self.meet().await?;
        Place::read(&self.client, &self.names).await
    }

    async fn apply(&self, batch: &SearchBatch) -> Result<(), ElasticFault> {
        for _ in 0..TRIES {
            let place = self.place().await?;
            if place.position < batch.after {
                return Err(ElasticFault::Moved(place.position));
            }
            if place.position >= batch.position {
                // Taken in already, by this process or another, from rows that were as new.
                return Ok(());
            }
            let target = place.generation.writing();
            bulk::take_in(&self.client, &target, &batch.changes, batch.position).await?;
            match place.move_on(&self.client, batch.position).await {
                Ok(()) => return Ok(()),
                // Somebody else moved it: look again how far.
                Err(ElasticFault::Conflict) => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(ElasticFault::Conflict)
    }
}
