//! The `transcode` role: takes jobs under leases and has them done by media processes, until it is told to stop.

mod captions;
mod carrying;
mod error;
mod keep;
mod lay;
mod make;
mod outcome;
mod poster;
mod sidecars;
mod source;
mod spans;
mod tail;

use std::{sync::Arc, time::Duration};

use mutoscope_core::{
    bus::{BusError, Follower, log::EventLog},
    crash::{self, Point},
    db::{
        Db,
        jobs::{self, Choice, Claim, Claimer, LeftBy, Work},
    },
    event::What,
    id::PlanId,
    job::LEASE,
    store::MediaStore,
    time::UnixMs,
};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use self::{error::JobError, keep::Keeper};
use crate::{
    demand::Bells,
    error::MediaError,
    jail::{MediaProcess, Priority},
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
    publish::Publisher,
};

pub use self::spans::spans_of;
pub(crate) use self::spans::{Missing, requests_for};

/// Work that nobody announced to this process is found by looking.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long running jobs have to let go once the role stops.
const LET_GO: Duration = Duration::from_secs(8);
/// How often films are looked for that only another build could go on with.
const REPLAN_EVERY: Duration = Duration::from_secs(30);

/// Whether others may hold leases in the same database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbours {
    /// What is leased as this process begins was left by one that died only where it ran here before
    /// ([`WorkerSettings::instance`]).
    Possible,
    /// This process is the only one: what is leased as it begins was left by one that died.
    Impossible,
}

impl Neighbours {
    /// An embedded database belongs to one process, which holds the lock of its data folder.
    pub fn of(db: &Db) -> Self {
        match db {
            Db::Lite(_) => Self::Impossible,
            Db::Pg(_) => Self::Possible,
        }
    }
}

/// What an operator may choose about a worker.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Names this process in leases.
    pub owner: String,
    /// Owners whose names begin with `INSTANCE/` ran in this one's place before it: no two run at a time.
    pub instance: Option<String>,
    /// Jobs at a time. A segment that a viewer waits for may take one place more.
    pub slots: usize,
    /// How films are planned.
    pub plan: PlanSettings,
    /// What a film may cost.
    pub limits: Limits,
    /// Who else there is.
    pub neighbours: Neighbours,
}

impl WorkerSettings {
    /// As many places as the machine has cores.
    pub fn new(owner: String) -> Self {
        Self {
            owner,
            instance: None,
            slots: std::thread::available_parallelism().map_or(1, usize::from),
            plan: PlanSettings::default(),
            limits: Limits::default(),
            neighbours: Neighbours::Possible,
        }
    }
}

/// The role. Cheap to clone; [`Worker::run`] is it.
#[derive(Debug, Clone)]
pub struct Worker {
    db: Db,
    store: MediaStore,
    media: MediaProcess,
    urgent_media: MediaProcess,
    bells: Arc<Bells>,
    settings: Arc<WorkerSettings>,
}

/// How much of a job is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    /// In the place that is kept free for viewers: what they wait for, and no more.
    Demanded,
}

/// How much of a job was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Performed {
    Whole,
    InPart,
}

impl Worker {
    /// Nothing runs yet.
    pub fn new(db: Db, store: MediaStore, media: MediaProcess, bells: Arc<Bells>, settings: WorkerSettings) -> Self {
        // What a viewer waits for goes before other work of ours, and after the site itself.
        let urgent_media = media.with_priority(Priority::Low);
        let media = media.with_priority(Priority::Idle);
        Self { db, store, media, urgent_media, bells, settings: Arc::new(settings) }
    }

    /// Works until `stop`; then hands its jobs back, within 10 s. `log` wakes it; without one, who takes its events in
    /// rings its bell.
    ///
    /// # Errors
    /// Where no media process can be started on this system.
    pub async fn run(self, log: impl Into<Option<EventLog>>, stop: CancellationToken) -> Result<(), MediaError> {
        let log = log.into();
        let fingerprint = tokio::select! {
            fingerprint = self.media.fingerprint() => fingerprint?,
            () = stop.cancelled() => return Ok(()),
        };
        tracing::info!(slots = self.settings.slots, fingerprint, "ready to transcode");
        let claimer = Claimer { owner: self.settings.owner.clone(), fingerprint };
        self.take_back().await;
        let mut running = JoinSet::new();
        let listener = log.map(|log| tokio::spawn(listen(log, Arc::clone(&self.bells), stop.clone())));
        let mut replan_at = Instant::now();
        while !stop.is_cancelled() {
            if replan_at <= Instant::now() {
                self.replan_stranded(&claimer.fingerprint).await;
                replan_at = Instant::now() + REPLAN_EVERY;
            }
            self.take_jobs(&claimer, &mut running, &stop).await;
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = running.join_next() => log_panic(ended),
                () = self.bells.wanted() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        // Every job sees `stop` by itself and lets its lease go; one that does not loses it.
        let all_let_go = async {
            while let Some(ended) = running.join_next().await {
                log_panic(ended)
            }
        };
        if tokio::time::timeout(LET_GO, all_let_go).await.is_err() {
            tracing::warn!("jobs did not let go in time; their leases end by themselves");
            running.shutdown().await;
        }
        if let Some(listener) = listener
            && let Err(error) = listener.await
        {
            tracing::debug!(error = &error as &dyn std::error::Error, "the listener ended");
        }
        Ok(())
    }

    /// Fills the free places, and one more for what a viewer waits for.
    async fn take_jobs(&self, claimer: &Claimer, running: &mut JoinSet<()>, stop: &CancellationToken) {
        loop {
            let (choice, extent) = match running.len() {
                busy if busy < self.settings.slots => (Choice::Any, Extent::Whole),
                busy if busy == self.settings.slots => (Choice::Demanded, Extent::Demanded),
                _ => return,
            };
            match self.next_job(claimer, choice).await {
                Ok(Some(claim)) => {
                    crash::reached(Point::LeaseTaken);
                    let (worker, stop) = (self.clone(), stop.clone());
                    let span = tracing::info_span!(
                        "job",
                        job.id = %claim.id,
                        job.kind = claim.work.kind(),
                        job.attempt = claim.attempts,
                        video.id = %claim.video_id,
                    );
                    running.spawn(async move { worker.work_on(claim, extent, stop).await }.instrument(span));
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the next job could not be taken");
                    return;
                }
            }
        }
    }

    async fn next_job(&self, claimer: &Claimer, choice: Choice) -> Result<Option<Claim>, mutoscope_core::db::DbError> {
        if !jobs::is_waiting(&self.db, claimer).await? {
            return Ok(None);
        }
        jobs::claim(&self.db, claimer, choice).await
    }

    /// Does one job and settles how it ended.
    async fn work_on(&self, claim: Claim, extent: Extent, stop: CancellationToken) {
        let keeper = Keeper::start(self.db.clone(), claim.clone(), stop);
        let result = self.perform(&claim, extent, keeper.token()).await;
        let ended_by = keeper.finish().await;
        let result = match (ended_by, result) {
            (_, Ok(performed)) => Ok(performed),
            (Some(end), Err(_)) => Err(end.into()),
            (None, Err(error)) => Err(error),
        };
        outcome::settle(&self.db, &claim, result).await;
        // A span's end may make room for the next one of the same film.
        self.bells.ring_wanted();
    }

    async fn perform(&self, claim: &Claim, extent: Extent, cancel: CancellationToken) -> Result<Performed, JobError> {
        if claim.attempts > outcome::MOST_BEGINNINGS {
            return Err(JobError::Exhausted);
        }
        match &claim.work {
            Work::Plan => self.lay_plan(claim, cancel).await.map(|()| Performed::Whole),
            Work::Poster { plan_id } => self.remake_poster(claim, *plan_id, cancel).await.map(|()| Performed::Whole),
            Work::Captions { plan_id } => self.make_captions(claim, *plan_id, cancel).await.map(|()| Performed::Whole),
            Work::Sidecars { plan_id } => self.make_sidecars(claim, *plan_id, cancel).await.map(|()| Performed::Whole),
            Work::Span { plan_id, segments } => self.make_span(claim, *plan_id, segments.clone(), extent, cancel).await,
        }
    }

    /// Where what is made of a plan under a claim goes.
    fn publisher(&self, claim: &Claim, plan_id: PlanId, plan: EncodePlan, plan_hash: String) -> Publisher {
        Publisher {
            db: self.db.clone(),
            store: self.store.clone(),
            bells: Arc::clone(&self.bells),
            claim: claim.clone(),
            plan_id,
            plan: Arc::new(plan),
            plan_hash,
            chosen_poster: None,
        }
    }

    /// What a process that died had in its hands can be taken at once, not only when the leases end.
    async fn take_back(&self) {
        let left_by = match (self.settings.neighbours, &self.settings.instance) {
            (Neighbours::Impossible, _) => LeftBy::Anyone,
            (Neighbours::Possible, Some(instance)) => LeftBy::Instance(instance),
            (Neighbours::Possible, None) => return,
        };
        match jobs::end_leases(&self.db, left_by).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "jobs that were interrupted go on"),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "interrupted jobs wait for their leases to end"
                );
            }
        }
    }

    async fn replan_stranded(&self, fingerprint: &str) {
        let quiet_since = UnixMs::now().minus(LEASE * 2);
        match jobs::enqueue_replans(&self.db, fingerprint, quiet_since).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "films are planned again: no worker of their plan's build is left"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "films to plan again could not be looked for");
            }
        }
    }
}

/// The plan as it is stored.
fn parse_plan(body: &str) -> Result<EncodePlan, JobError> {
    serde_json::from_str(body).map_err(JobError::PlanBody)
}

/// Rings where the log tells of new work.
async fn listen(mut log: EventLog, bells: Arc<Bells>, stop: CancellationToken) {
    let follow = async {
        let mut position = None;
        loop {
            let read = match position {
                None => log.end().await.map(|end| (end, false)).map_err(BusError::from),
                Some(at) => log.next_after(at).await.map(|events| {
                    let work = events.iter().any(|placed| {
                        let what = placed.event.as_ref().map(|event| &event.what);
                        matches!(what, Ok(What::UploadCompleted { .. } | What::SpansPlanned { .. }))
                    });
                    (events.last().map_or(at, |placed| placed.position), work)
                }),
            };
            match read {
                Ok((at, work)) => {
                    position = Some(at);
                    if work {
                        bells.ring_wanted();
                    }
                }
                // The log forgets what is old: this one was asleep for days, and finds its work by looking.
                Err(BusError::Forgotten { .. }) => position = None,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the event log can't be read");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow => {}
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = &error as &dyn std::error::Error, "a job ended by a fault; its lease ends by itself");
    }
}
