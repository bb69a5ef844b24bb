//! Starting a media process: one end of a socket pair as its standard input, nothing else of ours.

use std::{
    collections::BTreeSet,
    os::{fd::OwnedFd, unix::net::UnixStream as StdStream},
    process::{Command, Stdio},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use bytes::Bytes;
use mutoscope_core::media::VideoCodec;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::oneshot,
};

use super::{
    MediaSettings, Sandbox,
    priority::Priority,
    protocol::{self, FromChild, PREFIX_BYTES, ToChild},
};
use crate::error::{MediaError, MediaErrorCode};

/// The argument that tells a child to keep its rights.
pub const NO_SANDBOX_WORD: &str = "no-sandbox";
/// How long a child may take from its start to its first word: it gets what a busy site leaves it. Counted in seconds that we
/// ran ourselves, as a machine may be stopped for a while.
const HELLO_SECONDS: u32 = 60;

/// Writable memory that every media process may have, whatever its limit.
const LEAST_DATA_BYTES: u64 = 1 << 30;

/// A running media process. Dropping it ends the process and waits for it on a thread of its own.
#[derive(Debug)]
pub struct Child {
    process: Option<std::process::Child>,
    stream: UnixStream,
    fingerprint: String,
    encoders: BTreeSet<VideoCodec>,
}

impl Child {
    /// Starts a media process and hears its first word.
    ///
    /// # Errors
    /// [`MediaErrorCode::MediaProcessNotStarted`]; the cause is logged.
    pub async fn start(settings: &MediaSettings) -> Result<Self, MediaError> {
        let started = async {
            let (ours, theirs) = StdStream::pair()?;
            ours.set_nonblocking(true)?;
            let process = spawn_on_launcher(command(settings, theirs.into())).await?;
            let stream = UnixStream::from_std(ours)?;
            Ok::<_, std::io::Error>(Self {
                process: Some(process),
                stream,
                fingerprint: String::new(),
                encoders: BTreeSet::new(),
            })
        };
        let mut child = started.await.map_err(|error| not_started(&error.to_string()))?;
        let hello = child.first_word().await;
        match hello {
            Some(Ok(Some((FromChild::Hello { fingerprint, sandbox_gaps, encoders }, _)))) => {
                for gap in sandbox_gaps {
                    tracing::warn!(gap, "the media process runs with a part of its sandbox missing");
                }
                child.fingerprint = fingerprint;
                child.encoders = encoders;
                Ok(child)
            }
            Some(Ok(Some((FromChild::NoSandbox { reason }, _)))) => Err(not_started(&reason)),
            Some(Ok(_)) => Err(not_started("its first word was not a greeting")),
            Some(Err(error)) => Err(not_started(&error.to_string())),
            None => Err(not_started("it did not greet in time")),
        }
    }

    /// What it says first; `None` where it says nothing in time.
    async fn first_word(&mut self) -> Option<std::io::Result<Option<(FromChild, Bytes)>>> {
        let mut word = std::pin::pin!(self.receive());
        for _ in 0..HELLO_SECONDS {
            if let Ok(word) = tokio::time::timeout(Duration::from_secs(1), &mut word).await {
                return Some(word);
            }
        }
        None
    }

    /// What its segments depend on beside the film and the plan.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Codecs that it can encode pictures in.
    pub fn encoders(&self) -> &BTreeSet<VideoCodec> {
        &self.encoders
    }

    /// The process id, for watching what it costs.
    pub fn id(&self) -> u32 {
        self.process.as_ref().map_or(0, std::process::Child::id)
    }

    /// Sends one frame.
    ///
    /// # Errors
    /// Where the process is gone or the frame is too long.
    pub async fn send(&mut self, header: &ToChild, body: &[u8]) -> std::io::Result<()> {
        let head = protocol::encode_head(header, body.len()).map_err(std::io::Error::other)?;
        self.stream.write_all(&head).await?;
        self.stream.write_all(body).await
    }

    /// The next frame, or `None` where the process closed its end.
    ///
    /// Not to be dropped half way: what it has read of a frame would be lost.
    ///
    /// # Errors
    /// Where a frame is cut off or breaks the rules.
    pub async fn receive(&mut self) -> std::io::Result<Option<(FromChild, Bytes)>> {
        self.stream.readable().await?;
        let mut prefix = [0; PREFIX_BYTES];
        let first = self.stream.read(&mut prefix).await?;
        if first == 0 {
            return Ok(None);
        }
        self.stream.read_exact(&mut prefix[first..]).await?;
        let (header_length, body_length) = protocol::decode_prefix(prefix).map_err(std::io::Error::other)?;
        let mut header = vec![0; header_length];
        self.stream.read_exact(&mut header).await?;
        let header = protocol::decode_header(&header, body_length).map_err(std::io::Error::other)?;
        let mut body = vec![0; body_length];
        self.stream.read_exact(&mut body).await?;
        Ok(Some((header, body.into())))
    }

    /// Waits until there is something to receive. Safe to drop.
    ///
    /// # Errors
    /// Those of the socket.
    pub async fn readable(&self) -> std::io::Result<()> {
        self.stream.readable().await
    }

    /// Bounds the process's memory by construction, behind the watch on what is resident: its writable memory, and its
    /// address space.
    pub fn limit_memory(&self, resident_bytes: u64, address_space_bytes: u64) {
        // Not all that is asked for is written to; and a process must be able to start.
        let data_bytes = resident_bytes.saturating_add(resident_bytes / 2).max(LEAST_DATA_BYTES);
        for (resource, bytes) in [(Resource::Data, data_bytes), (Resource::As, address_space_bytes)] {
            let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
            if let Some(pid) = self.pid()
                && let Err(error) = prlimit(Some(pid), resource, limit)
            {
                tracing::debug!(%error, ?resource, "a media process keeps its usual limit");
            }
        }
    }

    /// Ends the process now.
    pub fn kill(&self) {
        if let Some(pid) = self.pid() {
            // Gone already is as good.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

impl Child {
    /// Not reaped before it is dropped, so the id is its own.
    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.process.as_ref()?.id()).ok()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        if let Some(process) = self.process.take() {
            // On a thread of its own: a killed process may take a moment to leave.
            reaper().send(Leaving::Process(process)).ok();
        }
    }
}

/// A process to start, and where to say so.
type Start = (Command, oneshot::Sender<std::io::Result<std::process::Child>>);

/// One thread starts all children, for the life of this process: a child dies with the thread that started it
/// (`PR_SET_PDEATHSIG`), so a thread of a pool must not.
fn launcher() -> &'static mpsc::Sender<Start> {
    static LAUNCHER: OnceLock<mpsc::Sender<Start>> = OnceLock::new();
    LAUNCHER.get_or_init(|| {
        // Without the thread the channel is closed, and starting a child says so.
        on_a_thread("media-launcher", |starts: mpsc::Receiver<Start>| {
            for (mut command, answer) in starts {
                let _ = answer.send(command.spawn());
            }
        })
    })
}

/// Starts a thread that takes what is sent to it, for the life of this process.
fn on_a_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce(mpsc::Receiver<T>) + Send + 'static,
) -> mpsc::Sender<T> {
    let (sender, receiver) = mpsc::channel();
    let _ = thread::Builder::new().name(name.into()).spawn(move || work(receiver));
    sender
}

enum Leaving {
    /// Killed, and to be waited for.
    Process(std::process::Child),
    /// Who wants to know that all before are gone.
    All(oneshot::Sender<()>),
}

/// One thread waits for the children that were given up, in turn.
///
/// It has the same claim on the processors as the humblest of them. Where Linux forgets an ended process it spins until the
/// process's last thread has let go of its entries in `/proc` (`shrink_dcache_parent`); on one processor a thread with the
/// usual claim was seen to keep that last thread from its turn for minutes.
fn reaper() -> &'static mpsc::Sender<Leaving> {
    static REAPER: OnceLock<mpsc::Sender<Leaving>> = OnceLock::new();
    REAPER.get_or_init(|| {
        // Without the thread ended children stay in the system's table until this process ends.
        on_a_thread("media-reaper", |leaving: mpsc::Receiver<Leaving>| {
            Priority::Idle.take();
            for one in leaving {
                match one {
                    // What cannot be waited for is not ours any more.
                    Leaving::Process(mut process) => drop(process.wait()),
                    // Who no longer waits need not be told.
                    Leaving::All(answer) => drop(answer.send(())),
                }
            }
        })
    })
}

/// Waits until every media process that was given up is gone and its cost is counted with ours.
pub async fn all_gone() {
    let (answer, gone) = oneshot::channel();
    if reaper().send(Leaving::All(answer)).is_ok() {
        // Without the thread nothing is left to wait for.
        let _ = gone.await;
    }
}

async fn spawn_on_launcher(command: Command) -> std::io::Result<std::process::Child> {
    let gone = || std::io::Error::other("the launcher's thread is gone");
    let (answer, spawned) = oneshot::channel();
    launcher().send((command, answer)).map_err(|_| gone())?;
    spawned.await.map_err(|_| gone())?
}

fn command(settings: &MediaSettings, socket: OwnedFd) -> Command {
    let mut command = Command::new(&settings.program);
    command.args(&settings.arguments).arg(settings.priority.word());
    if settings.sandbox == Sandbox::Off {
        command.arg(NO_SANDBOX_WORD);
    }
    command.env_clear().current_dir("/").stdin(Stdio::from(socket)).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn not_started(cause: &str) -> MediaError {
    tracing::error!(cause, "a media process could not be started");
    MediaErrorCode::MediaProcessNotStarted.into()
}
