//! Media processes end with their job: done, cancelled, or outdated.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use mutoscope_transcoder::{
    error::MediaErrorCode,
    jail::{ByteSource, SourceError},
    limits::Limits,
    plan::PlanSettings,
    span::SpanRequest,
};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::support::{Counted, Films, make, make_of, media_process, plan, source};

#[tokio::test]
async fn a_cancel_ends_the_work_at_once() {
    let films = Films::new();
    let path = films.sample("film.mp4", "640x360", "25", 20);
    let plan = plan(&path, &PlanSettings::default()).await;
    let cancel = CancellationToken::new();
    let (sink, mut outputs) = mpsc::channel(8);
    let (process, limits) = (media_process(), Limits::default());
    let request = SpanRequest::all(0..plan.grid.segment_count());
    let work = process.make(source(&path), &plan, &limits, request, sink, cancel.clone());
    let stop = async {
        outputs.recv().await.unwrap();
        cancel.cancel();
        let cancelled = Instant::now();
        while outputs.recv().await.is_some() {}
        cancelled.elapsed()
    };
    let (outcome, took) = tokio::join!(work, stop);
    assert_eq!(outcome.unwrap_err().code, MediaErrorCode::Cancelled);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn a_plan_of_another_build_is_not_made() {
    let films = Films::new();
    let path = films.sample("film.mp4", "160x120", "25", 1);
    let mut plan = plan(&path, &PlanSettings::default()).await;
    plan.fingerprint.push_str(" of another build");
    let error = make(&path, &plan, SpanRequest::all(0..1)).await.unwrap_err();
    assert_eq!(error.code, MediaErrorCode::PlanOutdated);
}

#[tokio::test]
async fn another_film_than_the_planned_one_is_not_made() {
    let films = Films::new();
    let path = films.sample("film.mp4", "160x120", "25", 1);
    let other = films.sample("other.mp4", "160x120", "25", 2);
    let plan = plan(&path, &PlanSettings::default()).await;
    let error = make(&other, &plan, SpanRequest::all(0..1)).await.unwrap_err();
    assert_eq!(error.code, MediaErrorCode::PlanUnusable);
}

#[tokio::test]
async fn a_span_at_the_start_reads_the_film_once() {
    let films = Films::new();
    let path = films.sample("film.mp4", "320x180", "25", 3);
    let plan = plan(&path, &PlanSettings::default()).await;
    let film = Arc::new(Counted::new(&path));
    assert!(film.len() < 1 << 20, "it fits into what is asked for at once");
    let request = SpanRequest::all(0..plan.grid.segment_count());
    make_of(&media_process(), film.clone(), &plan, request).await.unwrap();
    assert!(film.bytes_read() < film.len() * 3 / 2, "{} bytes of {}", film.bytes_read(), film.len());
}

/// A film that breaks off: what a lost disk or bucket looks like.
struct Broken(Arc<dyn ByteSource>);

impl ByteSource for Broken {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Bytes, SourceError>> {
        if offset > 0 {
            return Box::pin(async { Err(SourceError("the disk is gone".into())) });
        }
        self.0.read_at(offset, length.min(100_000))
    }
}

#[tokio::test]
async fn bytes_that_cannot_be_had_are_no_end_of_the_film() {
    let films = Films::new();
    let path = films.sample("film.mp4", "640x360", "25", 5);
    let broken: Arc<dyn ByteSource> = Arc::new(Broken(source(&path)));
    let (limits, cancel) = Default::default();
    let error = media_process().probe(broken, &limits, cancel).await.unwrap_err();
    assert_eq!(error.code, MediaErrorCode::SourceUnreadable);
}

#[tokio::test]
async fn memory_and_cpu_above_the_limit_end_the_process() {
    let films = Films::new();
    let path = films.sample("film.mp4", "640x360", "25", 20);
    let plan = plan(&path, &PlanSettings::default()).await;
    let small = Limits { resident_bytes: 60 << 20, ..Limits::default() };
    let quick = Limits { span_cpu_ms: 300, span_cpu_ms_per_megapixel: 0, ..Limits::default() };
    for (limits, code) in [(small, MediaErrorCode::TooMuchMemory), (quick, MediaErrorCode::TooCostly)] {
        let (sink, mut outputs) = mpsc::channel(8);
        let request = SpanRequest::all(0..plan.grid.segment_count());
        let process = media_process();
        let work = process.make(source(&path), &plan, &limits, request, sink, CancellationToken::new());
        let drain = async { while outputs.recv().await.is_some() {} };
        let (outcome, ()) = tokio::join!(work, drain);
        assert_eq!(outcome.unwrap_err().code, code);
    }
}
