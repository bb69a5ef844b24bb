//! The part of a platform that search needs: a database, its log, an index and its consumer, all running.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use mutoscope_core::{
    bus,
    db::Db,
    id::{UserId, VideoId},
    search::{SearchBackend, SearchQuery},
    testing,
};
use mutoscope_index::{Consumer, EmbeddedSearch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What a person would call at once.
pub const SOON: Duration = Duration::from_secs(1);

/// Everything a test waits for happens within this time, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Platform {
    pub db: Db,
    pub search: Arc<dyn SearchBackend>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Platform {
    /// Starts on the index in `folder`.
    pub fn start(db: &Db, folder: PathBuf) -> Self {
        let search = EmbeddedSearch::open(folder).expect("a folder for the index");
        Self::on(db, Arc::new(search), |consumer| consumer)
    }

    /// Starts on an index of any kind.
    pub fn on(db: &Db, search: Arc<dyn SearchBackend>, settings: impl FnOnce(Consumer) -> Consumer) -> Self {
        let owner = format!("test-{}", uuid::Uuid::new_v4().simple());
        let (log, sequencer) = bus::log::open(db.clone(), owner);
        let stop = CancellationToken::new();
        let consumer = settings(Consumer::new(db.clone(), log, search.clone()));
        let tasks = vec![tokio::spawn(sequencer.run(stop.clone())), tokio::spawn(consumer.run(stop.clone()))];
        Self { db: db.clone(), search, stop, tasks }
    }

    /// Stops in order.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            task.await.expect("the task ends in order");
        }
    }

    pub async fn video(&self, owner: UserId, title: &str) -> VideoId {
        testing::listed_video(&self.db, owner, title, "", &[]).await
    }

    /// The first page of hits; none while search can't answer.
    pub async fn found(&self, text: &str) -> Vec<VideoId> {
        let query = SearchQuery { text: text.to_owned(), limit: 100, cursor: None };
        match self.search.search(query).await {
            Ok(page) => page.hits.into_iter().map(|hit| hit.video_id).collect(),
            Err(error) => {
                assert!(error.kind().is_retryable(), "{error:?}");
                Vec::new()
            }
        }
    }

    /// Waits until a search finds just these videos, in any order; returns how long that took.
    pub async fn until_found(&self, text: &str, expected: &[VideoId]) -> Duration {
        let mut expected = expected.to_vec();
        expected.sort();
        self.until(&format!("{text} finds {} videos", expected.len()), async || {
            let mut found = self.found(text).await;
            found.sort();
            found == expected
        })
        .await
    }

    /// Waits until the index has taken in all that the log holds.
    pub async fn until_caught_up(&self) {
        self.until("the index catches up", async || {
            // In this order: what is placed in between counts.
            let waiting = mutoscope_core::db::outbox::has_unplaced(&self.db).await.expect("the log answers");
            let end = mutoscope_core::db::outbox::end(&self.db).await.expect("the log has an end");
            !waiting && self.search.position().await.is_ok_and(|position| position == end)
        })
        .await;
    }

    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) -> Duration {
        let start = Instant::now();
        while !is_so().await {
            assert!(start.elapsed() < PATIENCE, "in vain: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        start.elapsed()
    }
}
