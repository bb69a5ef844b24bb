//! One job of one media process, as the parent sees it: bytes in, outputs out, and an eye on the cost.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{
    SandboxAttempt,
    launch::Child,
    protocol::{FromChild, Job, READ_CAP, ToChild},
    source::ByteSource,
    watchdog::{LOOK_EVERY, Usage, Watchdog},
};
use crate::{
    error::{MediaError, MediaErrorCode, MediaWarning},
    limits::Limits,
    probe::ProbeReport,
    span::{MediaOutput, SpanRecord},
};

/// How many lines of a child's log are kept a job; hostile films make libav talk.
const LOG_LINES: u32 = 50;
/// How many warnings are passed on a job; the media process gives a few of each kind.
const WARNINGS: u32 = 200;

/// What a job gave.
#[derive(Debug)]
pub enum Answer {
    Report(Box<ProbeReport>),
    Record(SpanRecord),
    Attempts(Vec<SandboxAttempt>),
    End(Option<u64>),
    Warnings(Vec<MediaWarning>),
    Nothing,
}

/// One job.
pub struct Session {
    child: Child,
    source: Arc<dyn ByteSource>,
    watchdog: Watchdog,
    sink: Option<mpsc::Sender<MediaOutput>>,
    cancel: CancellationToken,
    log_lines: u32,
    warnings: u32,
}

impl Session {
    /// A job for a child that has greeted.
    pub fn new(
        child: Child,
        source: Arc<dyn ByteSource>,
        limits: &Limits,
        cpu_budget_ms: u64,
        sink: Option<mpsc::Sender<MediaOutput>>,
        cancel: CancellationToken,
    ) -> Self {
        child.limit_memory(limits.resident_bytes, limits.address_space_bytes);
        let watchdog = Watchdog::new(child.id(), limits, cpu_budget_ms);
        Self { child, source, watchdog, sink, cancel, log_lines: 0, warnings: 0 }
    }

    /// Sends the job and serves the child until it is done. The child ends with the session.
    ///
    /// # Errors
    /// The child's own, or the parent's verdict about it.
    pub async fn run(mut self, job: Job, plan: Bytes) -> Result<(Answer, Usage), MediaError> {
        self.run_one(job, plan).await
    }

    /// The same, with another budget, for a child that has more to do after this job.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub async fn run_next(
        &mut self,
        job: Job,
        plan: Bytes,
        limits: &Limits,
        cpu_budget_ms: u64,
    ) -> Result<(Answer, Usage), MediaError> {
        self.watchdog = Watchdog::new(self.child.id(), limits, cpu_budget_ms);
        self.run_one(job, plan).await
    }

    /// The child, for a session of its own.
    pub fn into_child(self) -> Child {
        self.child
    }

    async fn run_one(&mut self, job: Job, plan: Bytes) -> Result<(Answer, Usage), MediaError> {
        let cancel = self.cancel.clone();
        let outcome = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(MediaErrorCode::Cancelled.into()),
            outcome = self.serve(job, plan) => outcome,
        };
        let _ = self.watchdog.look();
        outcome.map(|answer| (answer, self.watchdog.usage()))
    }

    async fn serve(&mut self, job: Job, plan: Bytes) -> Result<Answer, MediaError> {
        let parse = parser_for(&job);
        self.send(&ToChild::Job(job), &plan).await?;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                ready = self.child.readable() => ready.map_err(|error| crashed(&error))?,
                _ = look.tick() => {
                    self.watchdog.look()?;
                    continue;
                }
            }
            // A frame once begun is whole soon, or the process hangs in the middle of one; the watchdog looks on.
            let frame = {
                let receive = self.child.receive();
                tokio::pin!(receive);
                loop {
                    tokio::select! {
                        frame = &mut receive => break frame.map_err(|error| crashed(&error))?,
                        _ = look.tick() => self.watchdog.look()?,
                    }
                }
            };
            let Some((header, body)) = frame else { return Err(self.verdict_of_end()) };
            if let Some(body) = self.handle(header, body).await? {
                return parse(&body).map_err(|_| MediaErrorCode::Internal.into());
            }
        }
    }

    /// Handles one frame; the body of the last one is the answer.
    async fn handle(&mut self, header: FromChild, body: Bytes) -> Result<Option<Bytes>, MediaError> {
        let output = match header {
            FromChild::Done => return Ok(Some(body)),
            // The sentence is ours: a process that a film has taken over says nothing to the film's owner.
            FromChild::Failed(error) => return Err(error.code.into()),
            FromChild::Read { offset, length } => {
                self.give_bytes(offset, length).await?;
                return Ok(None);
            }
            FromChild::Log { text } => {
                self.log_lines += 1;
                if self.log_lines <= LOG_LINES {
                    tracing::info!(text, "media process");
                }
                return Ok(None);
            }
            FromChild::Hello { .. } | FromChild::NoSandbox { .. } => return Err(MediaErrorCode::Internal.into()),
            FromChild::Init { rendition } => MediaOutput::Init { rendition, bytes: body },
            FromChild::Segment { rendition, index, facts } => {
                MediaOutput::Segment { rendition, index, bytes: body, facts }
            }
            FromChild::Record { index } => MediaOutput::Record { index, bytes: body },
            FromChild::Sheet { number } => MediaOutput::Sheet { number, bytes: body },
            FromChild::Poster { width, height } => MediaOutput::Poster { width, height, bytes: body },
            FromChild::Captions { rendition } => MediaOutput::Captions { rendition, bytes: body },
            FromChild::Progress(progress) => MediaOutput::Progress(progress),
            FromChild::Warning(warning) => {
                self.warnings += 1;
                if self.warnings > WARNINGS {
                    return Ok(None);
                }
                MediaOutput::Warning(warning)
            }
        };
        self.watchdog.saw_work();
        if let Some(sink) = &self.sink {
            let handed = Instant::now();
            // Nobody wants the rest: as good as a cancel.
            sink.send(output).await.map_err(|_| MediaError::from(MediaErrorCode::Cancelled))?;
            self.watchdog.forgive(handed.elapsed());
        }
        Ok(None)
    }

    async fn give_bytes(&mut self, offset: u64, length: u32) -> Result<(), MediaError> {
        let asked = Instant::now();
        let left = self.source.len().saturating_sub(offset);
        let length = u64::from(length.min(READ_CAP)).min(left);
        let bytes = match u32::try_from(length) {
            Ok(length) if length > 0 => match self.source.read_at(offset, length).await {
                Ok(bytes) if bytes.len() as u64 <= u64::from(length) => bytes,
                Ok(_) => return Err(unreadable("more bytes than were asked for")),
                Err(error) => return Err(unreadable(&error.to_string())),
            },
            _ => Bytes::new(),
        };
        if bytes.is_empty() && length > 0 {
            return Err(unreadable("no byte where there should be some"));
        }
        self.watchdog.forgive(asked.elapsed());
        self.send(&ToChild::Bytes, &bytes).await
    }

    /// Sends a frame, with an eye on the process: one that does not read would hold us for ever.
    async fn send(&mut self, header: &ToChild, body: &[u8]) -> Result<(), MediaError> {
        let Self { child, watchdog, .. } = self;
        let sending = child.send(header, body);
        tokio::pin!(sending);
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                biased;
                sent = &mut sending => return sent.map_err(|error| crashed(&error)),
                _ = look.tick() => watchdog.look()?,
            }
        }
    }

    /// The process closed its end without an answer.
    fn verdict_of_end(&mut self) -> MediaError {
        match self.watchdog.look() {
            Err(code) => code.into(),
            Ok(()) => MediaErrorCode::MediaProcessCrashed.into(),
        }
    }
}

type Parser = fn(&[u8]) -> Result<Answer, serde_json::Error>;

/// How a job's answer is read.
fn parser_for(job: &Job) -> Parser {
    match job {
        Job::Probe { .. } => |body| serde_json::from_slice(body).map(Answer::Report),
        Job::Make { .. } => |body| serde_json::from_slice(body).map(Answer::Record),
        Job::FindEnd { .. } => |body| serde_json::from_slice(body).map(Answer::End),
        Job::TestSandbox => |body| serde_json::from_slice(body).map(Answer::Attempts),
        Job::Captions { .. } => |body| serde_json::from_slice(body).map(Answer::Warnings),
        Job::Poster { .. } | Job::Sheets { .. } | Job::Misbehave(_) => |_| Ok(Answer::Nothing),
    }
}

fn crashed(error: &std::io::Error) -> MediaError {
    tracing::warn!(%error, "the conversation with a media process broke off");
    MediaErrorCode::MediaProcessCrashed.into()
}

fn unreadable(cause: &str) -> MediaError {
    tracing::warn!(cause, "a film's bytes could not be read");
    MediaErrorCode::SourceUnreadable.into()
}
