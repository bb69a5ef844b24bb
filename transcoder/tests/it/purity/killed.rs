//! A run that is killed and gone on with makes the same bytes; so do any number of spans and jobs.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mutoscope_core::media::Ladder;
use mutoscope_transcoder::{
    folder::{self, FolderError, FolderSettings, OtherContents, Playlists, Report},
    limits::Limits,
    plan::PlanSettings,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{codecs, sources};
use crate::support::{self, Films};

fn settings(film: &Path, out: &Path) -> FolderSettings {
    FolderSettings {
        film: film.to_owned(),
        out: out.to_owned(),
        plan: PlanSettings { ladder: Ladder::from(vec![90, 60]), ..super::settings() },
        limits: Limits::default(),
        span: None,
        jobs: 2,
        playlists: Playlists::Both,
        other: OtherContents::Refuse,
    }
}

async fn run(settings: &FolderSettings) -> Result<Report, FolderError> {
    let (events, mut told) = mpsc::channel(16);
    let listen = tokio::spawn(async move { while told.recv().await.is_some() {} });
    let report = folder::transcode(&support::media_process(), settings, events, CancellationToken::new()).await;
    listen.await.unwrap();
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_and_jobs_of_the_command_line_change_speed_and_never_a_byte() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    for source in [sources::OPEN_GOP, sources::SOUND_GAPS] {
        let film = source.make(&films);
        let mut first = None;
        for (span, jobs) in [(None, 1), (Some(1), 2), (Some(100), 1), (Some(3), 2), (Some(5), 4)] {
            let folder = out.path().join(format!("{}-{span:?}-{jobs}", source.name));
            let report = run(&FolderSettings { span, jobs, ..settings(&film, &folder) }).await.unwrap();
            let first = first.get_or_insert_with(|| (report.renditions.clone(), report.sidecars.clone()));
            assert_eq!((report.renditions, report.sidecars), *first, "{} {span:?} {jobs}", source.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_and_jobs_change_no_byte_of_hevc_and_av1() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    let film = codecs::film(&films, "film.ts", "-c:v libx264 -preset veryfast -g 30 -c:a aac");
    let mut first = None;
    for (span, jobs) in [(None, 1), (Some(1), 2), (Some(100), 4), (Some(3), 2)] {
        let folder = out.path().join(format!("{span:?}-{jobs}"));
        let report = run(&FolderSettings { span, jobs, ..settings_of_codecs(&film, &folder) }).await.unwrap();
        assert_eq!(report.renditions.len(), 5);
        let first = first.get_or_insert_with(|| (report.renditions.clone(), report.sidecars.clone()));
        assert_eq!((report.renditions, report.sidecars), *first, "{span:?} {jobs}");
    }
}

const FILM: &str = "MUTOSCOPE_TEST_FILM";
const OUT: &str = "MUTOSCOPE_TEST_OUT";
const SPAN: &str = "MUTOSCOPE_TEST_SPAN";
const CODECS: &str = "MUTOSCOPE_TEST_CODECS";

/// The same in HEVC and AV1, by small pictures.
fn settings_of_codecs(film: &Path, out: &Path) -> FolderSettings {
    FolderSettings { plan: codecs::settings(), ..settings(film, out) }
}

/// A run in a process of its own.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the tests below start it and kill it"]
async fn run_to_be_killed() {
    let (film, out) = (std::env::var(FILM).unwrap(), std::env::var(OUT).unwrap());
    let span = std::env::var(SPAN).unwrap().parse().unwrap();
    let of_codecs = std::env::var_os(CODECS).is_some();
    let settings = if of_codecs { settings_of_codecs } else { settings };
    let settings = FolderSettings { span: Some(span), jobs: 1, ..settings(film.as_ref(), out.as_ref()) };
    run(&settings).await.unwrap();
}

fn start_run(film: &Path, out: &Path, span: u32) -> Child {
    run_of_its_own(film, out, span).spawn().unwrap()
}

fn run_of_its_own(film: &Path, out: &Path, span: u32) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "purity::killed::run_to_be_killed", "--ignored"])
        .env(FILM, film)
        .env(OUT, out)
        .env(SPAN, span.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn segments_below(out: &Path) -> usize {
    let folders = std::fs::read_dir(out).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    files.filter(|file| file.path().extension().is_some_and(|extension| extension == "m4s")).count()
}

/// A media process that this process has started.
fn media_child_of(parent: u32) -> Option<i32> {
    let parent = parent.to_string();
    std::fs::read_dir("/proc").unwrap().flatten().find_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // pid (name) state parent
        let started_by = stat.rsplit(')').next()?.split_whitespace().nth(1)? == parent;
        (started_by && stat.contains("(mutoscope-media)")).then_some(pid)
    })
}

/// Waits for something to be there while the run goes on.
fn until<T>(run: &mut Child, look: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(run.try_wait().unwrap().is_none(), "the run has ended before it was killed");
        assert!(Instant::now() < deadline, "it never came");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_process_is_killed_again_and_again_ends_with_the_same_bytes() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    let film = sources::OPEN_GOP_MPEG2.make(&films);
    let whole = run(&settings(&film, &out.path().join("whole"))).await.unwrap();

    let killed = out.path().join("killed");
    for wanted in [2, 9, 14] {
        let mut process = start_run(&film, &killed, 1);
        until(&mut process, || (segments_below(&killed) >= wanted).then_some(()));
        // SIGKILL: nothing of it runs any more.
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert!(!killed.join("report.json").exists());
    let resumed = run(&settings(&film, &killed)).await.unwrap();
    assert_eq!(
        (resumed.plan.hash, resumed.renditions, resumed.sidecars),
        (whole.plan.hash, whole.renditions, whole.sidecars)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_hevc_and_av1_that_is_killed_ends_with_the_same_bytes() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    let film = codecs::film(&films, "film.mpg", "-c:v mpeg2video -g 15 -bf 2 -b:v 500k -c:a mp2");
    let whole = run(&settings_of_codecs(&film, &out.path().join("whole"))).await.unwrap();

    let killed = out.path().join("killed");
    for wanted in [3, 11] {
        let mut process = run_of_its_own(&film, &killed, 2).env(CODECS, "all").spawn().unwrap();
        until(&mut process, || (segments_below(&killed) >= wanted).then_some(()));
        process.kill().unwrap();
        process.wait().unwrap();
    }
    assert!(!killed.join("report.json").exists());
    let resumed = run(&settings_of_codecs(&film, &killed)).await.unwrap();
    assert_eq!(
        (resumed.plan.hash, resumed.renditions, resumed.sidecars),
        (whole.plan.hash, whole.renditions, whole.sidecars)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_media_process_is_killed_fails_with_its_code_and_the_next_one_goes_on() {
    let films = Films::new();
    let out = tempfile::tempdir().unwrap();
    let film = sources::B_FRAMES.make(&films);
    let whole = run(&settings(&film, &out.path().join("whole"))).await.unwrap();

    let killed = out.path().join("killed");
    // One process for the whole film; the look at the film's end comes after it.
    let mut process = start_run(&film, &killed, 1_000);
    until(&mut process, || (segments_below(&killed) >= 1).then_some(()));
    let parent = process.id();
    let media = until(&mut process, || media_child_of(parent));
    let media = rustix::process::Pid::from_raw(media).unwrap();
    rustix::process::kill_process(media, rustix::process::Signal::KILL).unwrap();
    assert!(!process.wait().unwrap().success());
    let resumed = run(&settings(&film, &killed)).await.unwrap();
    assert_eq!(
        (resumed.plan.hash, resumed.renditions, resumed.sidecars),
        (whole.plan.hash, whole.renditions, whole.sidecars)
    );
}
