//! What the tests share: films made by the ffmpeg program, and media processes to feed them to.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use futures::future::BoxFuture;
use mutoscope_core::media::RenditionName;
use mutoscope_transcoder::{
    error::MediaError,
    jail::{ByteSource, FileSource, MediaProcess, MediaSettings, SourceError},
    limits::Limits,
    plan::{CarryOver, EncodePlan, PlanSettings},
    probe::ProbeReport,
    record::merge::{Merge, Merged},
    span::{MediaOutput, SegmentFacts, SpanRecord, SpanRequest},
};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Media processes from this crate's own small program.
pub fn media_process() -> MediaProcess {
    MediaProcess::new(MediaSettings {
        program: env!("CARGO_BIN_EXE_mutoscope-media").into(),
        arguments: Vec::new(),
        ..MediaSettings::this_program()
    })
}

/// A folder of films for one test.
pub struct Films {
    folder: TempDir,
}

impl Films {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Runs the ffmpeg program with these arguments, split at spaces, and the file's path as the last one.
    pub fn make(&self, name: &str, arguments: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let output = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
            .args(arguments.split_whitespace())
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        path
    }

    /// A film of a moving test picture and a tone.
    pub fn sample(&self, name: &str, size: &str, rate: &str, seconds: u32) -> PathBuf {
        self.make(
            name,
            &format!(
                "-f lavfi -i testsrc2=size={size}:rate={rate}:duration={seconds} \
                 -f lavfi -i sine=frequency=440:sample_rate=48000:duration={seconds} \
                 -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -shortest"
            ),
        )
    }

    /// A small film of this length with sound at 48 kHz, by these codecs, its index in front.
    pub fn film(&self, name: &str, seconds: u32, codecs: &str) -> PathBuf {
        self.make(
            name,
            &format!(
                "-f lavfi -i testsrc2=size=160x90:rate=25:duration={seconds} \
                 -f lavfi -i aevalsrc=exprs=0.4*sin(2*PI*t*(200+40*t)):sample_rate=48000:duration={seconds} \
                 -pix_fmt yuv420p {codecs} -movflags +faststart"
            ),
        )
    }

    /// Writes bytes as they are.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// A film's bytes with zeros between two of its shares.
pub fn with_zeros(film: &Path, shares: std::ops::Range<f64>) -> Vec<u8> {
    let mut bytes = std::fs::read(film).unwrap();
    let at = |share: f64| (bytes.len() as f64 * share) as usize;
    let range = at(shares.start)..at(shares.end);
    bytes[range].fill(0);
    bytes
}

/// A film of one local file.
pub fn source(path: &Path) -> Arc<dyn ByteSource> {
    Arc::new(FileSource::open(path).unwrap())
}

/// A film that counts the bytes that are read of it, and how often its very first one is.
pub struct Counted {
    film: Arc<dyn ByteSource>,
    bytes: AtomicU64,
    begun: AtomicU64,
}

impl Counted {
    pub fn new(path: &Path) -> Self {
        Self { film: source(path), bytes: AtomicU64::new(0), begun: AtomicU64::new(0) }
    }

    pub fn bytes_read(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn times_begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }
}

impl ByteSource for Counted {
    fn len(&self) -> u64 {
        self.film.len()
    }

    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>> {
        self.bytes.fetch_add(length.into(), Ordering::Relaxed);
        self.begun.fetch_add(u64::from(offset == 0), Ordering::Relaxed);
        self.film.read_at(offset, length)
    }
}

pub async fn probe(path: &Path) -> Result<ProbeReport, MediaError> {
    media_process().probe(source(path), &Limits::default(), CancellationToken::new()).await
}

/// A plan by which every rendition is encoded.
pub async fn plan(path: &Path, settings: &PlanSettings) -> EncodePlan {
    plan_by(&media_process(), path, settings).await
}

/// The same, by these media processes.
pub async fn plan_by(process: &MediaProcess, path: &Path, settings: &PlanSettings) -> EncodePlan {
    let report = process.probe(source(path), &Limits::default(), CancellationToken::new()).await.unwrap();
    let settings = PlanSettings { carry_over: CarryOver::Off, ..settings.clone() };
    EncodePlan::new(&report, &settings, &Limits::default()).unwrap()
}

/// A plan by which what is fit is carried over.
pub async fn plan_carrying(path: &Path, settings: &PlanSettings) -> EncodePlan {
    let report = probe(path).await.unwrap();
    EncodePlan::new(&report, settings, &Limits::default()).unwrap()
}

/// Everything that a span handed over.
#[derive(Debug, Default)]
pub struct Made {
    pub inits: Vec<(RenditionName, Bytes)>,
    pub segments: Vec<(RenditionName, u32, Bytes, SegmentFacts)>,
    pub records: Vec<(u32, Bytes)>,
    pub sheets: Vec<(u32, Bytes)>,
    pub posters: Vec<(u32, u32, Bytes)>,
    pub record: Option<SpanRecord>,
}

impl Made {
    /// The rendition as one file: init segment and media segments in order.
    pub fn joined(&self, name: &str) -> Vec<u8> {
        let mut segments: Vec<_> = self.segments.iter().filter(|segment| segment.0.as_str() == name).collect();
        segments.sort_by_key(|segment| segment.1);
        let init = &self.inits.iter().find(|init| init.0.as_str() == name).unwrap().1;
        segments.iter().fold(init.to_vec(), |mut joined, segment| {
            joined.extend_from_slice(&segment.2);
            joined
        })
    }

    fn take(&mut self, output: MediaOutput) {
        match output {
            MediaOutput::Init { rendition, bytes } => self.inits.push((rendition, bytes)),
            MediaOutput::Segment { rendition, index, bytes, facts } => {
                self.segments.push((rendition, index, bytes, facts));
            }
            MediaOutput::Record { index, bytes } => self.records.push((index, bytes)),
            MediaOutput::Sheet { number, bytes } => self.sheets.push((number, bytes)),
            MediaOutput::Poster { width, height, bytes } => self.posters.push((width, height, bytes)),
            MediaOutput::Captions { .. } | MediaOutput::Progress(_) | MediaOutput::Warning(_) => {}
        }
    }
}

pub async fn make(path: &Path, plan: &EncodePlan, request: SpanRequest) -> Result<Made, MediaError> {
    make_by(&media_process(), path, plan, request).await
}

/// Makes a span by these media processes.
pub async fn make_by(
    process: &MediaProcess,
    path: &Path,
    plan: &EncodePlan,
    request: SpanRequest,
) -> Result<Made, MediaError> {
    make_of(process, source(path), plan, request).await
}

/// Makes a span of bytes from anywhere.
pub async fn make_of(
    process: &MediaProcess,
    film: Arc<dyn ByteSource>,
    plan: &EncodePlan,
    request: SpanRequest,
) -> Result<Made, MediaError> {
    let (sink, mut outputs) = mpsc::channel(8);
    let limits = Limits::default();
    let work = process.make(film, plan, &limits, request, sink, CancellationToken::new());
    let collect = async {
        let mut made = Made::default();
        while let Some(output) = outputs.recv().await {
            made.take(output);
        }
        made
    };
    let (record, mut made) = tokio::join!(work, collect);
    made.record = Some(record?);
    Ok(made)
}

pub async fn make_all(path: &Path, plan: &EncodePlan) -> Made {
    make(path, plan, SpanRequest::all(0..plan.grid.segment_count())).await.unwrap()
}

/// Merges the records of a whole film, and has its sheets made.
pub async fn merge(plan: &EncodePlan, made: &mut Made) -> Merged {
    let mut merge = Merge::new(plan);
    while let Some(index) = merge.wants() {
        let bytes = &made.records.iter().find(|record| record.0 == index).unwrap().1;
        merge.push(bytes).unwrap();
    }
    let merged = merge.finish().unwrap();
    if !merged.thumbnails.is_empty() {
        let (sink, mut outputs) = mpsc::channel(64);
        let (limits, thumbnails) = (Limits::default(), merged.thumbnails.clone());
        media_process().sheets(thumbnails, plan, &limits, sink, CancellationToken::new()).await.unwrap();
        while let Some(output) = outputs.recv().await {
            made.take(output);
        }
    }
    merged
}

pub async fn make_posters(path: &Path, plan: &EncodePlan) -> Made {
    let (sink, mut outputs) = mpsc::channel(8);
    let process = media_process();
    process.poster(source(path), plan, &Limits::default(), sink, CancellationToken::new()).await.unwrap();
    let mut made = Made::default();
    while let Some(output) = outputs.recv().await {
        made.take(output);
    }
    made
}

/// Asks the ffprobe program about bytes; its answer as JSON.
pub fn ffprobe(bytes: &[u8], arguments: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    serde_json::from_slice(&output.stdout).unwrap()
}
