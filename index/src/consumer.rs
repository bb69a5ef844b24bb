//! Feeds an index from the log of events, from the place that the index itself keeps.

use std::{collections::BTreeSet, error::Error, sync::Arc, time::Duration};

use mutoscope_core::{
    bus::{BusError, Follower, Placed},
    crash::{self, Point},
    db::{Db, outbox},
    id::VideoId,
    search::{SearchBackend, SearchBatch, SearchError},
};
use tokio_util::sync::CancellationToken;

use crate::{
    changes::{changes, may_concern_search},
    error::IndexError,
    rebuild::{rebuild_and_say, usable},
    retry::Retry,
    right::Right,
    snapshots::{SnapshotError, Snapshots},
};

/// Without events the index is looked at this often: was it damaged, did another process make a new one?
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Keeps an index as the database is. Run it as a task, one per index.
#[derive(Debug)]
pub struct Consumer {
    db: Db,
    events: Box<dyn Follower>,
    backend: Arc<dyn SearchBackend>,
    /// The right to feed; `None` for an index of its own.
    right: Option<Right>,
    /// Where a new index begins, if not with the database.
    snapshots: Option<Snapshots>,
}

impl Consumer {
    /// A consumer of `events` that feeds `backend` with what `db` says.
    pub fn new(db: Db, events: impl Follower + 'static, backend: Arc<dyn SearchBackend>) -> Self {
        Self { db, events: Box::new(events), backend, right: None, snapshots: None }
    }

    /// The index is shared with other processes that have such a consumer: one at a time feeds it. Two at once would do
    /// no harm, only everything twice.
    #[must_use]
    pub fn one_of_many(self) -> Self {
        Self { right: Some(Right::new()), ..self }
    }

    /// A new or damaged index begins with a copy of another one, where there is one, and catches up from its place.
    #[must_use]
    pub fn starting_from(self, snapshots: Snapshots) -> Self {
        Self { snapshots: Some(snapshots), ..self }
    }

    /// Feeds the index until `stop`. What fails is tried again; an index that can't be trusted is rebuilt.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut retry = Retry::default();
        // Dropped in the middle, a step has changed nothing or all it would.
        while retry.attempt(self.step(), &stop).await {}
        if let Some(right) = &self.right {
            right.release(&self.db).await;
        }
    }

    /// Takes in the next events, or finds after a moment that there are none.
    async fn step(&mut self) -> Result<(), IndexError> {
        let Some(position) = usable(self.backend.position().await)? else { return self.begin().await };
        let next = tokio::time::timeout(LOOK_EVERY, self.events.next_after(position)).await;
        let events = match next {
            Ok(Ok(events)) => events,
            // What is missing was forgotten before this index saw it.
            Ok(Err(BusError::Forgotten { .. })) => return self.rebuild().await,
            Ok(Err(error)) => return Err(error.into()),
            Err(_) if outbox::end(&self.db).await? < position => {
                // The database is an older one than the index knows: a backup came back.
                return self.rebuild().await;
            }
            Err(_) => return Ok(()),
        };
        let Some(last) = events.last() else {
            return Ok(());
        };
        // An idle platform writes nothing: the right is taken only when there is something to take in.
        if !self.may_feed().await? {
            tokio::time::sleep(LOOK_EVERY).await;
            return Ok(());
        }
        crash::reached(Point::IndexRead);
        let end = last.position;
        let batch =
            SearchBatch { changes: changes(&self.db, &touched(&events)).await?, after: position, position: end };
        match self.backend.apply(batch).await {
            Ok(()) => {
                crash::reached(Point::IndexDone);
                tracing::debug!(position = end, "search index follows");
                Ok(())
            }
            // It was rebuilt in between: the next step begins where the new one stands.
            Err(SearchError::Moved { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn may_feed(&self) -> Result<bool, IndexError> {
        match &self.right {
            Some(right) => Ok(right.hold(&self.db).await?),
            None => Ok(true),
        }
    }

    /// A new index: from a copy, which is quicker, or from the database.
    async fn begin(&self) -> Result<(), IndexError> {
        let Some(snapshots) = &self.snapshots else {
            return self.rebuild().await;
        };
        match snapshots.restore().await {
            Ok(Some(position)) => {
                tracing::info!(position, "the search index begins with a copy from the storage");
                return Ok(());
            }
            Ok(None) => {}
            Err(SnapshotError::Index(error @ SearchError::Busy)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "no copy of the search index can be had");
            }
        }
        self.rebuild().await
    }

    async fn rebuild(&self) -> Result<(), IndexError> {
        rebuild_and_say(&self.db, self.backend.as_ref()).await
    }
}

/// The videos of which the index may have to be told.
fn touched(events: &[Placed]) -> BTreeSet<VideoId> {
    events.iter().filter(|placed| may_concern_search(&placed.event)).map(|placed| placed.video_id).collect()
}
