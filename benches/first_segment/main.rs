//! How long it takes from the start to the first verified segment in 360p of a film of three hours.
//!
//! `make bench-first-segment [CLIP=film.mp4] [TURNS=5]`. The film is a clip repeated to three hours, packet by packet, once
//! with its index in front and once at the end. Two ways, in turn: the command line, which makes a folder of all rungs, from
//! the start of the program to the segment's file; and what the platform's engine does for a viewer who waits for that
//! segment (probe, plan, and the segment with its sound before all else), stage by stage. What is verified is what counts.
//! The program is its own media process, as the platform is.

mod film;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use mutoscope_benches::{
    arguments, clip,
    spread::{median, spread},
};
use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::{
    jail::{CHILD_WORD, FileSource, MediaProcess, MediaSettings, child_main},
    limits::Limits,
    package::check::{Checked, Gate},
    plan::{EncodePlan, PlanSettings},
    span::{RenditionChoice, SpanRequest},
};
use tokio::{runtime::Runtime, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// How long a run may take to show its first segment.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(1);

struct Settings {
    clip: Option<PathBuf>,
    turns: usize,
}

/// A viewer's wait, in milliseconds a stage.
struct Wait {
    probe: f64,
    plan: f64,
    make: f64,
}

fn main() -> anyhow::Result<ExitCode> {
    if std::env::args().nth(1).is_some_and(|word| word == CHILD_WORD) {
        return Ok(child_main());
    }
    let settings = settings()?;
    let folder = tempfile::tempdir()?;
    let binary = PathBuf::from(std::env::var_os("MUTOSCOPE_BINARY").context("MUTOSCOPE_BINARY names our binary")?);
    let clip = match &settings.clip {
        Some(clip) => clip::given(clip)?,
        None => film::clip(folder.path())?,
    };
    let films = film::three_hours(&clip, folder.path())?;
    let runtime = Runtime::new()?;
    let media = MediaProcess::new(MediaSettings::this_program());
    for film in &films {
        let mut command_line = Vec::new();
        let mut waits = Vec::new();
        for _ in 0..settings.turns {
            command_line.push(from_command_line(&binary, &film.path, folder.path())?);
            waits.push(runtime.block_on(for_a_viewer(&media, &film.path))?);
        }
        println!(
            "\n{}: {} MB, {} turns, milliseconds",
            film.name,
            film.path.metadata()?.len() / 1_000_000,
            settings.turns
        );
        show("command line, to the file", &command_line);
        let stage = |of: fn(&Wait) -> f64| waits.iter().map(of).collect::<Vec<f64>>();
        show("for a viewer, all", &stage(|wait| wait.probe + wait.plan + wait.make));
        show("  probe", &stage(|wait| wait.probe));
        show("  plan", &stage(|wait| wait.plan));
        show("  make and verify", &stage(|wait| wait.make));
    }
    Ok(ExitCode::SUCCESS)
}

fn show(what: &str, values: &[f64]) {
    println!("{what:26} {:8.0}   {}", median(values.iter().copied()), spread(values));
}

/// The program as a person starts it, until the segment is there under its name, which only a verified one ever has.
fn from_command_line(binary: &Path, film: &Path, folder: &Path) -> anyhow::Result<f64> {
    let out = folder.join("out");
    let segment = out.join("video-360").join("00000.m4s");
    let started = Instant::now();
    let mut program = Command::new(binary)
        .arg("transcode")
        .arg(film)
        .arg("--out")
        .arg(&out)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("starting our binary")?;
    let waited = loop {
        if segment.exists() {
            break Ok(started.elapsed());
        }
        if let Some(status) = program.try_wait()? {
            break Err(anyhow::anyhow!("our binary ended without the segment: {status}"));
        }
        if started.elapsed() > PATIENCE {
            break Err(anyhow::anyhow!("no segment within {} s", PATIENCE.as_secs()));
        }
        thread::sleep(LOOK_EVERY);
    };
    // Its media processes end with it.
    program.kill().ok();
    program.wait()?;
    std::fs::remove_dir_all(&out).ok();
    Ok(milliseconds(waited?))
}

/// Probe, plan, and the first segment of 360p with its sound, checked as the publisher does.
async fn for_a_viewer(media: &MediaProcess, film: &Path) -> anyhow::Result<Wait> {
    let limits = Limits::default();
    let source = Arc::new(FileSource::open(film)?);
    let started = Instant::now();
    let report = media.probe(source.clone(), &limits, CancellationToken::new()).await?;
    let probed = started.elapsed();
    let plan = EncodePlan::new(&report, &PlanSettings::default(), &limits)?;
    plan.hash()?;
    let planned = started.elapsed();

    let wanted = RenditionName::video(360);
    let sound = plan.renditions.iter().map(|rendition| rendition.name()).filter(|name| !name.is_video());
    let names = sound.filter(|name| !name.is_surround()).chain([&wanted]).cloned().collect();
    let request = SpanRequest { segments: 0..1, renditions: RenditionChoice::Only(names) };
    let (sink, mut outputs) = mpsc::channel(8);
    let mut gate = Gate::new(Arc::new(plan.clone()));
    let checking = async {
        let mut at = None;
        while let Some(output) = outputs.recv().await {
            if let Some(Checked::Segment { rendition, .. }) = gate.check(output).await?
                && rendition == wanted
            {
                at = Some(started.elapsed());
            }
        }
        at.context("the segment did not come")
    };
    let making = media.make(source, &plan, &limits, request, sink, CancellationToken::new());
    let (made, checked) = tokio::join!(making, checking);
    made?;
    let checked = checked?;
    Ok(Wait {
        probe: milliseconds(probed),
        plan: milliseconds(planned - probed),
        make: milliseconds(checked - planned),
    })
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn settings() -> anyhow::Result<Settings> {
    let mut settings = Settings { clip: None, turns: 5 };
    arguments::read("--clip FILE, --turns N", |name, value| {
        match name {
            "--clip" => settings.clip = Some(value()?.into()),
            "--turns" => settings.turns = arguments::turns(&value()?)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(settings)
}
