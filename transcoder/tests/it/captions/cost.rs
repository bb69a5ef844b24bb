//! What captions cost: no more of the film is read than they need.

use std::sync::Arc;

use mutoscope_transcoder::{jail::ByteSource, limits::Limits, plan::PlanSettings};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{SRT, film_with};
use crate::support::{self, Counted, Films};

/// The share of the film that is read for its captions.
async fn share_read(film: &std::path::Path) -> f64 {
    let plan = support::plan(film, &PlanSettings::default()).await;
    let source = Arc::new(Counted::new(film));
    let (sink, mut outputs) = mpsc::channel(8);
    let (process, limits) = (support::media_process(), Limits::default());
    process.captions(source.clone(), &plan, &limits, sink, CancellationToken::new()).await.unwrap();
    assert!(outputs.recv().await.is_some());
    source.bytes_read() as f64 / source.len() as f64
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_leads_to_the_captions_and_without_one_the_film_is_read_once() {
    let films = Films::new();
    let srt = films.write("a.srt", SRT.as_bytes());
    // Some 25 MB of pictures.
    let heavy = "-filter:v noise=alls=60:allf=t,scale=640:360 -b:v 50M -minrate 50M -maxrate 50M -bufsize 50M";
    let indexed =
        share_read(&film_with(&films, "a.mp4", &srt, &format!("-c:s mov_text {heavy} -movflags +faststart"))).await;
    assert!(indexed < 0.2, "{indexed}");
    let read_whole = share_read(&film_with(&films, "a.mkv", &srt, &format!("-c:s srt {heavy}"))).await;
    // Its start is read once more to learn its streams.
    assert!((0.9..2.1).contains(&read_whole), "{read_whole}");
}
