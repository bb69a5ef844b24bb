//! The `transcode` role over a database and a store, with films that the ffmpeg program made.

mod carrying;
mod demand;
mod leases;
mod lifecycle;
mod sidecars;

use std::{
    future::Future,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use mutoscope_core::{
    bus,
    db::{Db, DbSettings, plans, plans::StoredPlan, videos, videos::Video},
    id::VideoId,
    store::{MediaStore, StoreSettings},
    testing,
};
use mutoscope_transcoder::{
    demand::{Bells, Demand},
    plan::{CarryOver, EncodePlan, PlanSettings},
    worker::{Neighbours, Worker, WorkerSettings},
};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support;

/// As long as any step of a test may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// A platform without its web server.
pub struct Platform {
    pub db: Db,
    pub store: MediaStore,
    pub bells: Arc<Bells>,
    _folder: TempDir,
}

/// A worker that runs; dropped, it stops by itself.
pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
    _guard: tokio_util::sync::DropGuard,
}

impl Platform {
    /// One over this database.
    pub fn over(db: Db) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::open(&StoreSettings::Folder(folder.path().join("objects"))).unwrap();
        Self { db, store, bells: Bells::new(), _folder: folder }
    }

    /// One over a new SQLite database.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db", folder.path().display());
        let db = Db::open(&DbSettings { url, connections: 4 }).await.unwrap();
        let store = MediaStore::open(&StoreSettings::Folder(folder.path().join("objects"))).unwrap();
        Self { db, store, bells: Bells::new(), _folder: folder }
    }

    /// A film as its upload leaves it, in parts of 100,000 bytes.
    pub async fn upload(&self, owner: &str, film: &Path) -> VideoId {
        let bytes = std::fs::read(film).unwrap();
        let owner = testing::make_user(&self.db, owner).await;
        testing::film(&self.db, &self.store, owner, &bytes, 100_000).await
    }

    /// Starts a worker with so many places.
    pub fn work(&self, slots: usize) -> Running {
        self.work_beside(slots, Neighbours::Possible)
    }

    /// The same, told who else there is.
    pub fn work_beside(&self, slots: usize, neighbours: Neighbours) -> Running {
        let plan = PlanSettings { carry_over: CarryOver::Off, ..PlanSettings::default() };
        self.work_by(slots, neighbours, plan)
    }

    /// The same, by a plan of these settings; the others encode every rendition.
    pub fn work_by(&self, slots: usize, neighbours: Neighbours, plan: PlanSettings) -> Running {
        let stop = CancellationToken::new();
        let (log, sequencer) = bus::log::open(self.db.clone(), "test".to_owned());
        let settings = WorkerSettings { slots, neighbours, plan, ..WorkerSettings::new("test".to_owned()) };
        let media = support::media_process();
        let worker = Worker::new(self.db.clone(), self.store.clone(), media, Arc::clone(&self.bells), settings);
        let task = tokio::spawn({
            let stop = stop.clone();
            async move {
                let (worked, ()) = tokio::join!(worker.run(log, stop.clone()), sequencer.run(stop.clone()));
                worked.unwrap();
            }
        });
        Running { _guard: stop.clone().drop_guard(), stop, task }
    }

    pub fn demand(&self) -> Demand {
        Demand::new(self.db.clone(), Arc::clone(&self.bells))
    }

    pub async fn video(&self, id: VideoId) -> Option<Video> {
        videos::find(&self.db, id).await.unwrap()
    }

    pub async fn plan(&self, id: VideoId) -> Option<(StoredPlan, EncodePlan)> {
        let stored = plans::current(&self.db, id).await.unwrap()?;
        let plan = serde_json::from_str(&stored.body).unwrap();
        Some((stored, plan))
    }

    /// Waits until the video plays by a complete plan.
    pub async fn until_ready(&self, id: VideoId) -> (StoredPlan, EncodePlan) {
        until(async || {
            let failure = self.video(id).await.and_then(|video| video.failure);
            assert_eq!(failure, None);
            self.plan(id).await.filter(|(stored, _)| stored.completed_at.is_some())
        })
        .await
    }
}

impl Running {
    /// Stops the worker and waits until it has let go; says how long that took.
    pub async fn stop(self) -> Duration {
        let since = Instant::now();
        self.stop.cancel();
        self.task.await.unwrap();
        since.elapsed()
    }
}

/// Looks again and again until there is something to see.
pub async fn until<T, F, Fut>(look: F) -> T
where
    F: Fn() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "it never came");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
