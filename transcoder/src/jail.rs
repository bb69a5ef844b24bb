//! The media process: libav runs in a child without files, network or exec, and this is how the parent talks to it.
//!
//! A [`MediaProcess`] is how children are started; each call starts one, gives it bytes of the film when it asks,
//! watches what it costs, and ends it. Dropping a call's future ends its child.

mod channel;
mod child;
mod launch;
mod priority;
mod protocol;
mod sandbox;
mod session;
mod source;
mod trial;
mod watchdog;

use std::{
    collections::BTreeSet,
    ffi::OsString,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use mutoscope_core::media::{RenditionName, VideoCodec};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    channel::Channel, launch::all_gone, priority::stand_back, protocol::FromChild, sandbox::give_back_pictures,
};
pub use self::{
    child::child_main,
    priority::Priority,
    sandbox::bound_heap,
    source::{ByteSource, FileSource, MemorySource, SourceError},
    trial::Misbehaviour,
};
use self::{
    launch::Child,
    protocol::Job,
    session::{Answer, Session},
};
use crate::{
    error::{MediaError, MediaErrorCode, MediaWarning},
    limits::Limits,
    plan::EncodePlan,
    probe::ProbeReport,
    span::{MediaOutput, SpanRecord, SpanRequest, Verification},
};

/// The hidden word after which a program's `main` must call [`child_main`] before anything else.
pub const CHILD_WORD: &str = "media-process";

/// What a reading of a whole film may cost: 64 MB a second, a tenth of what it takes.
const READING_BYTES_A_CPU_MS: u64 = 64 << 10;

/// How media processes are started.
#[derive(Debug, Clone)]
pub struct MediaSettings {
    /// The program and its arguments. It must call [`child_main`] first thing.
    pub program: OsString,
    pub arguments: Vec<OsString>,
    pub sandbox: Sandbox,
    /// What a media process may take from others on the machine.
    pub priority: Priority,
    /// How segments are checked before they are handed on.
    pub verification: Verification,
}

/// Whether a media process gives up its rights before it reads a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// Seccomp is required; a system without it gets an error, not an open door.
    Required,
    /// For systems without seccomp (`--no-sandbox`).
    Off,
}

impl MediaSettings {
    /// Children of this very program, even where its file was replaced since it started.
    pub fn this_program() -> Self {
        Self {
            program: "/proc/self/exe".into(),
            arguments: vec![CHILD_WORD.into()],
            sandbox: Sandbox::Required,
            priority: Priority::AsParent,
            verification: Verification::default(),
        }
    }
}

/// One thing that a sandboxed process tried, and the system's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxAttempt {
    pub what: String,
    /// `None` where it was let through.
    pub refused_with: Option<String>,
}

/// Starts media processes and speaks with them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MediaProcess {
    settings: Arc<MediaSettings>,
    /// One that has done a job on a film and may do the next on it.
    waiting: Arc<Mutex<Option<Child>>>,
}

impl MediaProcess {
    /// Nothing is started yet.
    pub fn new(settings: MediaSettings) -> Self {
        Self { settings: Arc::new(settings), waiting: Arc::default() }
    }

    /// The same, with children of this priority.
    pub fn with_priority(&self, priority: Priority) -> Self {
        Self::new(MediaSettings { priority, ..MediaSettings::clone(&self.settings) })
    }

    /// Build, libraries, encoders, architecture and CPU class of the media processes that start now: what plans hold.
    ///
    /// # Errors
    /// Where no media process can be started.
    pub async fn fingerprint(&self) -> Result<String, MediaError> {
        Ok(Child::start(&self.settings).await?.fingerprint().to_owned())
    }

    /// Codecs that the media processes that start now can encode pictures in.
    ///
    /// # Errors
    /// Where no media process can be started.
    pub async fn encoders(&self) -> Result<BTreeSet<VideoCodec>, MediaError> {
        Ok(Child::start(&self.settings).await?.encoders().clone())
    }

    /// Reads what a film is.
    ///
    /// # Errors
    /// Where the bytes are no film that can be made ([`crate::error::MediaErrorKind::InputRefused`]), cannot be read,
    /// or the media process ends.
    pub async fn probe(
        &self,
        source: Arc<dyn ByteSource>,
        limits: &Limits,
        cancel: CancellationToken,
    ) -> Result<ProbeReport, MediaError> {
        self.probe_and_keep(source, limits, cancel).await.map(|(report, _)| report)
    }

    /// The same, and a way to have more done on this film, and on no other: what is asked of it first is done by the process
    /// that has probed, which saves the start of another one.
    ///
    /// # Errors
    /// As [`MediaProcess::probe`].
    pub async fn probe_and_keep(
        &self,
        source: Arc<dyn ByteSource>,
        limits: &Limits,
        cancel: CancellationToken,
    ) -> Result<(ProbeReport, Self), MediaError> {
        if source.is_empty() {
            return Err(MediaErrorCode::EmptyFile.into());
        }
        if source.len() > limits.file_bytes {
            return Err(MediaErrorCode::FileTooLarge.into());
        }
        let child = Child::start(&self.settings).await?;
        let job = Job::Probe { source_bytes: source.len(), limits: limits.clone() };
        let mut session = Session::new(child, source, limits, limits.probe_cpu_ms, None, cancel);
        let probed = session.run_next(job, Bytes::new(), limits, limits.probe_cpu_ms).await?.0;
        let Answer::Report(report) = probed else { return Err(MediaErrorCode::Internal.into()) };
        let waiting = Arc::new(Mutex::new(Some(session.into_child())));
        Ok((*report, Self { settings: Arc::clone(&self.settings), waiting }))
    }

    /// Makes segments. Outputs go to `sink` as soon as each is whole; a closed `sink` ends the work as a cancel does.
    ///
    /// # Errors
    /// [`MediaErrorCode::PlanOutdated`] where the plan's fingerprint is not this media process's own, and all that
    /// [`MediaProcess::probe`] may give.
    pub async fn make(
        &self,
        source: Arc<dyn ByteSource>,
        plan: &EncodePlan,
        limits: &Limits,
        request: SpanRequest,
        sink: mpsc::Sender<MediaOutput>,
        cancel: CancellationToken,
    ) -> Result<SpanRecord, MediaError> {
        let child = self.start_for(plan).await?;
        let cpu_ms = span_cpu_ms(plan, limits, &request);
        let job = self.make_job(source.len(), limits, request);
        let session = Session::new(child, source, limits, cpu_ms, Some(sink), cancel);
        match session.run(job, plan_bytes(plan)?).await? {
            (Answer::Record(mut record), usage) => {
                record.cpu_ms = usage.cpu_ms;
                record.peak_rss_bytes = usage.peak_rss_bytes;
                Ok(record)
            }
            _ => Err(MediaErrorCode::Internal.into()),
        }
    }

    /// Reads what a film is and makes some of it, in one media process: for those who look at many films.
    ///
    /// # Errors
    /// Those of [`MediaProcess::probe`], of `lay`, and of [`MediaProcess::make`].
    pub async fn probe_and_make(
        &self,
        source: Arc<dyn ByteSource>,
        limits: &Limits,
        lay: impl FnOnce(&ProbeReport) -> Result<(EncodePlan, SpanRequest), MediaError>,
        sink: mpsc::Sender<MediaOutput>,
        cancel: CancellationToken,
    ) -> Result<(EncodePlan, SpanRecord), MediaError> {
        let child = Child::start(&self.settings).await?;
        let source_bytes = source.len();
        let mut session = Session::new(child, source, limits, limits.probe_cpu_ms, Some(sink), cancel);
        let job = Job::Probe { source_bytes, limits: limits.clone() };
        let probed = session.run_next(job, Bytes::new(), limits, limits.probe_cpu_ms).await?.0;
        let Answer::Report(report) = probed else { return Err(MediaErrorCode::Internal.into()) };
        let (plan, request) = lay(&report)?;
        let cpu_ms = span_cpu_ms(&plan, limits, &request);
        let job = self.make_job(source_bytes, limits, request);
        match session.run_next(job, plan_bytes(&plan)?, limits, cpu_ms).await?.0 {
            Answer::Record(record) => Ok((plan, record)),
            _ => Err(MediaErrorCode::Internal.into()),
        }
    }

    fn make_job(&self, source_bytes: u64, limits: &Limits, request: SpanRequest) -> Job {
        Job::Make { source_bytes, limits: limits.clone(), request, verification: self.settings.verification }
    }

    /// Makes the plan's posters and hands them to `sink`, largest first.
    ///
    /// # Errors
    /// As [`MediaProcess::make`].
    pub async fn poster(
        &self,
        source: Arc<dyn ByteSource>,
        plan: &EncodePlan,
        limits: &Limits,
        sink: mpsc::Sender<MediaOutput>,
        cancel: CancellationToken,
    ) -> Result<(), MediaError> {
        let job = Job::Poster { source_bytes: source.len(), limits: limits.clone() };
        self.run(job, plan, source, (limits, limits.span_cpu_ms), Some(sink), cancel).await.map(drop)
    }

    /// Makes the plan's captions and hands each track to `sink`, whole. Reads the film once from start to end, or where
    /// it has an index, only what the captions are in. Returns what the film's owner should know about them.
    ///
    /// # Errors
    /// As [`MediaProcess::make`].
    pub async fn captions(
        &self,
        source: Arc<dyn ByteSource>,
        plan: &EncodePlan,
        limits: &Limits,
        sink: mpsc::Sender<MediaOutput>,
        cancel: CancellationToken,
    ) -> Result<Vec<MediaWarning>, MediaError> {
        let cpu_ms = limits.span_cpu_ms.saturating_add(source.len() / READING_BYTES_A_CPU_MS);
        let job = Job::Captions { source_bytes: source.len(), limits: limits.clone() };
        match self.run(job, plan, source, (limits, cpu_ms), Some(sink), cancel).await? {
            Answer::Warnings(warnings) => Ok(warnings),
            _ => Err(MediaErrorCode::Internal.into()),
        }
    }

    /// Puts a film's thumbnails, one after the other as its records hold them, on the plan's sheets, and hands them to
    /// `sink` in order.
    ///
    /// # Errors
    /// As [`MediaProcess::make`].
    pub async fn sheets(
        &self,
        thumbnails: Bytes,
        plan: &EncodePlan,
        limits: &Limits,
        sink: mpsc::Sender<MediaOutput>,
        cancel: CancellationToken,
    ) -> Result<(), MediaError> {
        let source = Arc::new(MemorySource(thumbnails));
        let job = Job::Sheets { source_bytes: source.len(), limits: limits.clone() };
        self.run(job, plan, source, (limits, limits.span_cpu_ms), Some(sink), cancel).await.map(drop)
    }

    /// The instant of the film after which nothing decodes, in microseconds, where the plan goes well beyond it.
    ///
    /// # Errors
    /// As [`MediaProcess::make`].
    pub async fn find_end(
        &self,
        source: Arc<dyn ByteSource>,
        plan: &EncodePlan,
        limits: &Limits,
        cancel: CancellationToken,
    ) -> Result<Option<u64>, MediaError> {
        let job = Job::FindEnd { source_bytes: source.len(), limits: limits.clone() };
        match self.run(job, plan, source, (limits, limits.span_cpu_ms), None, cancel).await? {
            Answer::End(end_us) => Ok(end_us),
            _ => Err(MediaErrorCode::Internal.into()),
        }
    }

    /// One job about a plan in a process of its own, with so much processor time in milliseconds.
    async fn run(
        &self,
        job: Job,
        plan: &EncodePlan,
        source: Arc<dyn ByteSource>,
        (limits, cpu_ms): (&Limits, u64),
        sink: Option<mpsc::Sender<MediaOutput>>,
        cancel: CancellationToken,
    ) -> Result<Answer, MediaError> {
        let child = self.start_for(plan).await?;
        let session = Session::new(child, source, limits, cpu_ms, sink, cancel);
        Ok(session.run(job, plan_bytes(plan)?).await?.0)
    }

    /// Has a media process try what its sandbox must refuse. Every attempt should come back with an error.
    ///
    /// # Errors
    /// Where no media process can be started.
    pub async fn test_sandbox(&self) -> Result<Vec<SandboxAttempt>, MediaError> {
        let child = Child::start(&self.settings).await?;
        let limits = Limits::default();
        let nothing = Arc::new(MemorySource(Bytes::new()));
        let session = Session::new(child, nothing, &limits, limits.probe_cpu_ms, None, CancellationToken::new());
        match session.run(Job::TestSandbox, Bytes::new()).await?.0 {
            Answer::Attempts(attempts) => Ok(attempts),
            _ => Err(MediaErrorCode::Internal.into()),
        }
    }

    /// Has a media process misbehave, and says what it was ended with; tests of the watchdog.
    ///
    /// # Errors
    /// Always, as long as the watchdog does its work.
    pub async fn misbehave(&self, how: Misbehaviour, limits: &Limits) -> Result<(), MediaError> {
        let child = Child::start(&self.settings).await?;
        let zeros = Arc::new(MemorySource(Bytes::from(vec![0; 1 << 20])));
        let session = Session::new(child, zeros, limits, limits.probe_cpu_ms, None, CancellationToken::new());
        session.run(Job::Misbehave(how), Bytes::new()).await.map(|_| ())
    }

    async fn start_for(&self, plan: &EncodePlan) -> Result<Child, MediaError> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let child = match waiting {
            Some(child) => child,
            None => Child::start(&self.settings).await?,
        };
        if child.fingerprint() != plan.fingerprint {
            return Err(MediaErrorCode::PlanOutdated.into());
        }
        Ok(child)
    }
}

fn plan_bytes(plan: &EncodePlan) -> Result<Bytes, MediaError> {
    plan.to_json().map(Bytes::from).map_err(|_| MediaErrorCode::PlanUnusable.into())
}

/// The CPU time that a span may take: by what is planned, not by what the film turns out to hold.
fn span_cpu_ms(plan: &EncodePlan, limits: &Limits, request: &SpanRequest) -> u64 {
    use crate::plan::RenditionPlan;
    let mut pixels: u64 = 0;
    for rendition in plan.renditions.iter().filter(|rendition| request.renditions.includes(rendition.name())) {
        for index in request.segments.clone() {
            let samples = plan.timeline(rendition, index).map_or(0, |facts| u64::from(facts.samples));
            let each = match rendition {
                RenditionPlan::Video(rung) => rung.rung.size.pixels(),
                RenditionPlan::CarriedVideo(carried) => carried.size.pixels(),
                RenditionPlan::Audio(_) | RenditionPlan::CarriedAudio(_) => 1024,
            };
            pixels = pixels.saturating_add(samples.saturating_mul(each));
        }
    }
    // Where only records are asked for, the source is decoded for them alone.
    if let (Some(_), Some(video)) = (&plan.record, &plan.video)
        && request.renditions.includes(&RenditionName::record())
    {
        for frames in request.segments.clone().filter_map(|index| video.frames_of(&plan.grid, index)) {
            let each = video.display_size.pixels();
            pixels = pixels.saturating_add((frames.end - frames.start).saturating_mul(each));
        }
    }
    limits.span_cpu_ms.saturating_add((pixels / 1_000_000).saturating_mul(limits.span_cpu_ms_per_megapixel))
}
