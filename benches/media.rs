//! The media pipeline by criterion: the whole ladder, its stages, spans by length, and the pipe to the media process.
//!
//! `make bench` or `cargo bench -p mutoscope-benches --bench media [-- FILTER]`, with `CLIP=film.mp4` for a film of one's
//! own. The program is its own media process, as the platform is.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, measurement::WallTime};
use mutoscope_benches::clip;
use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::{
    jail::{CHILD_WORD, FileSource, MediaProcess, MediaSettings, child_main},
    limits::Limits,
    plan::{CarryOver, EncodePlan, PlanSettings, RenditionPlan},
    span::{RenditionChoice, SpanRequest},
};
use tokio::{runtime::Runtime, sync::mpsc};
use tokio_util::sync::CancellationToken;

/// Spans are cut from this much of the clip.
const SEGMENTS: u32 = 6;
/// How often the stretch of sound is repeated to make a file that is read from end to end.
const REPEATED: usize = 40;

fn main() -> anyhow::Result<ExitCode> {
    if std::env::args().nth(1).is_some_and(|word| word == CHILD_WORD) {
        return Ok(child_main());
    }
    let folder = tempfile::tempdir()?;
    let given = std::env::var_os("CLIP").map(PathBuf::from);
    let film = clip::given_or_made(given.as_deref(), folder.path())?;
    let studio = Studio::open(&film)?;
    let mut criterion = Criterion::default().configure_from_args();
    studio.ladder(&mut criterion);
    studio.stages(&mut criterion);
    studio.spans(&mut criterion);
    studio.pipe(&mut criterion, &long_sound(folder.path())?)?;
    criterion.final_summary();
    Ok(ExitCode::SUCCESS)
}

/// A film, its plan, and media processes to make it.
struct Studio {
    runtime: Runtime,
    media: MediaProcess,
    source: Arc<FileSource>,
    plan: EncodePlan,
    limits: Limits,
}

impl Studio {
    fn open(film: &Path) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let media = MediaProcess::new(MediaSettings::this_program());
        let source = Arc::new(FileSource::open(film)?);
        let limits = Limits::default();
        let report = runtime.block_on(media.probe(source.clone(), &limits, CancellationToken::new()))?;
        let settings = PlanSettings { carry_over: CarryOver::Off, ..PlanSettings::default() };
        let plan = EncodePlan::new(&report, &settings, &limits)?;
        anyhow::ensure!(plan.grid.segment_count() >= SEGMENTS, "the clip is too short: 16 s at least");
        Ok(Self { runtime, media, source, plan, limits })
    }

    /// Pictures of these segments.
    fn pictures(&self, segments: &Range<u32>) -> u64 {
        let frames = |index| self.plan.video.as_ref()?.frames_of(&self.plan.grid, index);
        segments.clone().filter_map(frames).map(|frames| frames.end - frames.start).sum()
    }

    fn make(&self, segments: Range<u32>, renditions: &RenditionChoice) {
        let request = SpanRequest { segments, renditions: renditions.clone() };
        let (sink, mut outputs) = mpsc::channel(8);
        let (source, stop) = (self.source.clone(), CancellationToken::new());
        let (made, ()) = self.runtime.block_on(async {
            tokio::join!(self.media.make(source, &self.plan, &self.limits, request, sink, stop), async {
                while outputs.recv().await.is_some() {}
            })
        });
        made.expect("the clip was probed, so it can be made");
    }

    fn ladder(&self, criterion: &mut Criterion) {
        let mut group = slow(criterion, "ladder");
        group.throughput(Throughput::Elements(self.pictures(&(0..SEGMENTS))));
        group.bench_function("all renditions", |bench| bench.iter(|| self.make(0..SEGMENTS, &RenditionChoice::All)));
        group.finish();
    }

    /// Decoding is part of all; a rung below the first is scaled from those above it.
    fn stages(&self, criterion: &mut Criterion) {
        let mut group = slow(criterion, "stages");
        group.throughput(Throughput::Elements(self.pictures(&(0..SEGMENTS))));
        let names: Vec<&RenditionName> = self.plan.renditions.iter().map(RenditionPlan::name).collect();
        for name in names {
            let only = RenditionChoice::Only([name.clone()].into());
            group.bench_function(BenchmarkId::new("decode and make", name), |bench| {
                bench.iter(|| self.make(0..SEGMENTS, &only));
            });
        }
        group.finish();
    }

    /// The same segments, so many at a time: what opening, seeking and warming up cost.
    fn spans(&self, criterion: &mut Criterion) {
        let mut group = slow(criterion, "spans");
        group.throughput(Throughput::Elements(self.pictures(&(0..SEGMENTS))));
        for length in [1, 2, 3, SEGMENTS] {
            group.bench_function(BenchmarkId::new("segments a span", length), |bench| {
                bench.iter(|| {
                    for first in (0..SEGMENTS).step_by(length as usize) {
                        self.make(first..(first + length).min(SEGMENTS), &RenditionChoice::All);
                    }
                });
            });
        }
        group.finish();
    }

    /// A media process from nothing to its greeting, and a file that it asks for from end to end.
    fn pipe(&self, criterion: &mut Criterion, sound: &Path) -> anyhow::Result<()> {
        let source = Arc::new(FileSource::open(sound)?);
        let mut group = criterion.benchmark_group("media process");
        group.bench_function("start", |bench| {
            bench.iter(|| self.runtime.block_on(self.media.fingerprint()).expect("media processes start here"));
        });
        group.sample_size(10);
        group.throughput(Throughput::Bytes(std::fs::metadata(sound)?.len()));
        group.bench_function("read a file through the pipe", |bench| {
            bench.iter(|| {
                let probe = self.media.probe(source.clone(), &self.limits, CancellationToken::new());
                self.runtime.block_on(probe).expect("it is sound");
            });
        });
        group.finish();
        Ok(())
    }
}

fn slow<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(20));
    group
}

/// A stream of sound without any index, which is read whole to learn how long it is.
fn long_sound(folder: &Path) -> anyhow::Result<PathBuf> {
    let (once, long) = (folder.join("once.aac"), folder.join("long.aac"));
    let made = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "anoisesrc=duration=60:sample_rate=48000"])
        .args(["-ac", "2", "-c:a", "aac", "-b:a", "320k"])
        .arg(&once)
        .status()
        .context("the benches need the ffmpeg program")?;
    anyhow::ensure!(made.success(), "ffmpeg failed");
    std::fs::write(&long, std::fs::read(&once)?.repeat(REPEATED))?;
    Ok(long)
}
