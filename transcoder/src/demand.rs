//! What viewers wait for: a request for a planned segment that is not there raises its job, and waits.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mutoscope_core::{
    db::{Db, DbError, jobs, segments, segments::Made},
    id::{PlanId, PlanKey},
    job::JobKind,
    media::SidecarName,
};
use tokio::sync::{Notify, Semaphore, watch};

use crate::publish::POSTER;

/// How long a request waits before it is answered "not yet".
pub const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// Requests that wait at the same time; more are told "not yet" at once.
const MOST_WAITERS: usize = 512;
/// What another process made is found by looking.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A demand is forgotten unless its waiter renews it.
const RAISE_EVERY: Duration = Duration::from_secs(1);

/// What rings between the roles of one process: segments were made, or are wanted. Roles in other processes look
/// instead.
#[derive(Debug)]
pub struct Bells {
    made: watch::Sender<u64>,
    wanted: Notify,
}

impl Bells {
    /// Bells for one process; give the same to its worker and its delivery.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { made: watch::Sender::new(0), wanted: Notify::new() })
    }

    /// Segments were recorded.
    pub(crate) fn ring_made(&self) {
        self.made.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// There may be a job to take.
    pub fn ring_wanted(&self) {
        self.wanted.notify_one();
    }

    /// Resolves when there may be a job to take.
    pub(crate) async fn wanted(&self) {
        self.wanted.notified().await;
    }
}

/// The api role's way to ask for what is not made yet. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Demand {
    db: Db,
    bells: Arc<Bells>,
    places: Arc<Semaphore>,
}

/// One file of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The init segment.
    Init,
    /// The media segment with this index.
    Segment(u32),
    /// The poster, of no rendition.
    Poster,
    /// The captions of this name.
    Captions,
    /// A sidecar, of no rendition.
    Sidecar(SidecarName),
}

/// What came of waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited {
    /// It is stored; serve it.
    Ready(Made),
    /// It is still being made: 503 with Retry-After.
    NotYet,
    /// Nobody is going to make it: the video failed, was deleted, or plays by another plan.
    Gone,
}

impl Demand {
    /// Demands on `db`, heard by the worker that has the same bells, and by those of other processes.
    pub fn new(db: Db, bells: Arc<Bells>) -> Self {
        Self { db, bells, places: Arc::new(Semaphore::new(MOST_WAITERS)) }
    }

    /// What is stored of `wanted`; where it is not, has it made first and waits for it, at most `at_most`.
    pub async fn wait_for(
        &self,
        plan: PlanKey,
        rendition: &str,
        wanted: Wanted,
        at_most: Duration,
    ) -> Result<Waited, DbError> {
        if let Some(made) = self.look(plan, rendition, wanted).await? {
            return Ok(Waited::Ready(made));
        }
        let Ok(_place) = self.places.try_acquire() else {
            return Ok(Waited::NotYet);
        };
        let mut made_bell = self.bells.made.subscribe();
        let deadline = Instant::now() + at_most;
        let mut raised_at: Option<Instant> = None;
        loop {
            let due = raised_at.is_none_or(|at| at.elapsed() >= RAISE_EVERY);
            let gone = due && !self.raise(plan.id, rendition, wanted).await?;
            if due {
                raised_at = Some(Instant::now());
            }
            if let Some(made) = self.look(plan, rendition, wanted).await? {
                return Ok(Waited::Ready(made));
            }
            if gone {
                return Ok(Waited::Gone);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Waited::NotYet);
            }
            // The bell can't be gone: its sender is ours.
            let _rung = tokio::time::timeout(left.min(LOOK_EVERY), made_bell.changed()).await;
        }
    }

    async fn look(&self, plan: PlanKey, rendition: &str, wanted: Wanted) -> Result<Option<Made>, DbError> {
        match wanted {
            Wanted::Init => segments::init(&self.db, plan, rendition).await,
            Wanted::Segment(number) => segments::segment(&self.db, plan, rendition, number).await,
            Wanted::Poster => segments::sidecar(&self.db, plan, POSTER).await,
            Wanted::Captions => segments::sidecar(&self.db, plan, rendition).await,
            Wanted::Sidecar(name) => segments::sidecar(&self.db, plan, &name.file()).await,
        }
    }

    /// Any segment brings its rendition's init segment with it; the first one is the likeliest to be made next.
    async fn raise(&self, plan_id: PlanId, rendition: &str, wanted: Wanted) -> Result<bool, DbError> {
        let raised = match wanted {
            Wanted::Init => jobs::raise(&self.db, plan_id, 0, rendition).await?,
            Wanted::Segment(number) => jobs::raise(&self.db, plan_id, number, rendition).await?,
            Wanted::Captions => jobs::raise_sidecar(&self.db, plan_id, JobKind::Captions).await?,
            Wanted::Poster | Wanted::Sidecar(SidecarName::ChosenPoster(_)) => {
                jobs::raise_sidecar(&self.db, plan_id, JobKind::Poster).await?
            }
            Wanted::Sidecar(_) => jobs::raise_sidecar(&self.db, plan_id, JobKind::Sidecars).await?,
        };
        if raised {
            self.bells.ring_wanted();
        }
        Ok(raised)
    }
}
