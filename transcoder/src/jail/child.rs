//! The media process's own main: gives up its rights, greets, and works until its parent is gone.

use std::{
    ffi::OsString,
    os::{fd::AsFd, unix::net::UnixStream},
    process::ExitCode,
    sync::Arc,
};

use super::{
    Priority, SandboxAttempt,
    channel::{Channel, ChannelClosed},
    launch::NO_SANDBOX_WORD,
    protocol::{FromChild, Job, READ_CAP},
    sandbox,
    trial::{self, Misbehaviour},
};
use crate::{
    av,
    error::{MediaError, MediaErrorCode},
    pipeline::{self, Film},
    plan::EncodePlan,
    probe::{self, Opened},
    span::Progress,
};

/// A hidden word that has a media process do without the CPU's better instructions, for tests. Its fingerprint is another
/// one then.
const PLAIN_CPU_WORD: &str = "plain-cpu";

/// A hidden word that has a media process harm the last packet of each segment that it encodes, for tests of what finds
/// that out.
const HARM_WORD: &str = "harm-segments";

/// The whole life of a media process. `main` calls it before anything else where the first argument is
/// [`super::CHILD_WORD`], and returns what it returns. Standard input is the socket.
pub fn child_main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let priority = arguments.iter().find_map(|argument| Priority::from_word(argument.to_str()?));
    if arguments.iter().any(|argument| argument == PLAIN_CPU_WORD) {
        av::fingerprint::use_plain_cpu();
    }
    if arguments.iter().any(|argument| argument == HARM_WORD) {
        av::segment_check::harm_segments();
    }
    let sandboxed = !arguments.iter().any(|argument| argument == NO_SANDBOX_WORD);
    sandbox::close_inherited_files();
    let socket = std::io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    let Ok(channel) = socket.and_then(Channel::new) else { return ExitCode::FAILURE };
    let channel = Arc::new(channel);
    match serve(&channel, priority.unwrap_or(Priority::AsParent), sandboxed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(ChannelClosed) => ExitCode::FAILURE,
    }
}

fn serve(channel: &Arc<Channel>, priority: Priority, sandboxed: bool) -> Result<(), ChannelClosed> {
    report_panics(channel);
    sandbox::keep_heap();
    priority.take();
    sandbox::limit_process();
    // Libraries are loaded and asked for their versions while nothing of the film has been read.
    let fingerprint = match av::init(channel) {
        Ok(fingerprint) => fingerprint,
        Err(error) => return channel.send(&FromChild::NoSandbox { reason: error.message }, &[]),
    };
    let sandbox_gaps = if sandboxed {
        match sandbox::give_up_rights() {
            Ok(gaps) => gaps,
            Err(error) => return channel.send(&FromChild::NoSandbox { reason: error.to_string() }, &[]),
        }
    } else {
        vec!["everything: it was switched off".to_owned()]
    };
    channel
        .send(&FromChild::Hello { fingerprint: fingerprint.clone(), sandbox_gaps, encoders: av::encoders() }, &[])?;
    let mut opened = None;
    while let Some((job, plan)) = channel.next_job()? {
        match work(channel, &fingerprint, job, &plan, &mut opened) {
            Ok(answer) => channel.send(&FromChild::Done, &answer)?,
            Err(error) => channel.send(&FromChild::Failed(error), &[])?,
        }
    }
    Ok(())
}

/// Does a job; `opened` is what the one before left open.
fn work(
    channel: &Arc<Channel>,
    fingerprint: &str,
    job: Job,
    plan: &[u8],
    opened: &mut Option<Opened>,
) -> Result<Vec<u8>, MediaError> {
    let left_open = opened.take();
    let internal = |_| MediaError::from(MediaErrorCode::Internal);
    // What an earlier job heard is not this one's.
    av::forget_refusals();
    match job {
        Job::Probe { source_bytes, limits } => {
            let (report, input) = probe::inspect(channel, source_bytes, &limits, fingerprint)?;
            *opened = input;
            serde_json::to_vec(&report).map_err(internal)
        }
        Job::Make { source_bytes, limits, request, verification } => {
            let plan = read_plan(plan, fingerprint)?;
            let film = Film { channel, source_bytes, limits: &limits, plan: &plan };
            let input = left_open.and_then(|opened| opened.rewound(source_bytes, &limits));
            let record = pipeline::make_span(&film, &request, verification, input)?;
            serde_json::to_vec(&record).map_err(internal)
        }
        Job::Poster { source_bytes, limits } => {
            let plan = read_plan(plan, fingerprint)?;
            pipeline::make_posters(&Film { channel, source_bytes, limits: &limits, plan: &plan })?;
            Ok(Vec::new())
        }
        Job::Captions { source_bytes, limits } => {
            let plan = read_plan(plan, fingerprint)?;
            let warnings = pipeline::make_captions(&Film { channel, source_bytes, limits: &limits, plan: &plan })?;
            serde_json::to_vec(&warnings).map_err(internal)
        }
        Job::Sheets { source_bytes, limits: _ } => {
            let plan = read_plan(plan, fingerprint)?;
            pipeline::make_sheets(channel, source_bytes, &plan)?;
            Ok(Vec::new())
        }
        Job::FindEnd { source_bytes, limits } => {
            let plan = read_plan(plan, fingerprint)?;
            let end_us = pipeline::find_end(&Film { channel, source_bytes, limits: &limits, plan: &plan })?;
            serde_json::to_vec(&end_us).map_err(internal)
        }
        Job::TestSandbox => {
            let attempts: Vec<SandboxAttempt> = trial::try_forbidden();
            serde_json::to_vec(&attempts).map_err(internal)
        }
        Job::Misbehave(how) => {
            if how == Misbehaviour::Stall {
                let sign = FromChild::Progress(Progress::default());
                channel.send(&sign, &[]).map_err(|_| MediaErrorCode::Internal)?;
            }
            trial::misbehave(how);
            match how {
                Misbehaviour::Allocate => Err(MediaErrorCode::TooMuchMemory.into()),
                Misbehaviour::Ask => loop {
                    let ask = FromChild::Read { offset: 0, length: READ_CAP };
                    channel.send(&ask, &[]).map_err(|_| MediaErrorCode::Internal)?;
                },
                // A greeting has its time, and it is over.
                _ => channel
                    .send(&FromChild::NoSandbox { reason: String::new() }, &[])
                    .map(|()| Vec::new())
                    .map_err(|_| MediaErrorCode::Internal.into()),
            }
        }
    }
}

fn read_plan(bytes: &[u8], fingerprint: &str) -> Result<EncodePlan, MediaError> {
    let plan: EncodePlan = serde_json::from_slice(bytes).map_err(|_| MediaErrorCode::PlanUnusable)?;
    if plan.fingerprint == fingerprint { Ok(plan) } else { Err(MediaErrorCode::PlanOutdated.into()) }
}

/// A panic's text goes to the parent's log; its thread's join makes it an error.
fn report_panics(channel: &Arc<Channel>) {
    let channel = Arc::clone(channel);
    std::panic::set_hook(Box::new(move |panic| {
        let _ = channel.send(&FromChild::Log { text: format!("panic: {panic}") }, &[]);
    }));
}
