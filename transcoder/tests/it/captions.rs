//! Captions and chapters of films of every kind, as the WebVTT that viewers get.

mod cost;
mod hostile;
mod tracks;

use std::{collections::BTreeMap, path::Path};

use mutoscope_transcoder::{
    error::{MediaError, MediaWarning},
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
    span::MediaOutput,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{self, Films};

/// Three cues at 0.5 s, 1.6 s and 3 s, the last of which goes on after a film of 4 s.
const SRT: &str = "1\n00:00:00,500 --> 00:00:01,500\nHello <b>bold</b> <i>slanted</i> & more\n\n\
    2\n00:00:01,600 --> 00:00:02,000\n<font color=\"red\">red</font> {\\an8}top\n\n\
    3\n00:00:03,000 --> 00:00:09,000\nline one\nline two\n\n";

/// What it becomes.
const CUES: &str = "00:00:00.500 --> 00:00:01.500\nHello <b>bold</b> <i>slanted</i> &amp; more\n\n\
    00:00:01.600 --> 00:00:02.000\nred top\n\n00:00:03.000 --> 00:00:04.000\nline one\nline two\n";

/// A silent film of 4 s with this file of subtitles beside its pictures.
fn film_with(films: &Films, name: &str, subtitles: &Path, arguments: &str) -> std::path::PathBuf {
    let subtitles = subtitles.display();
    films.make(
        name,
        &format!(
            "-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 -i {subtitles} -map 0:v -map 1:s -c:v libx264 \
             -preset ultrafast -pix_fmt yuv420p -metadata:s:s:0 language=eng {arguments}"
        ),
    )
}

/// Every track of captions by name, and the warnings of the making.
async fn captions_of(
    film: &Path,
    plan: &EncodePlan,
) -> Result<(BTreeMap<String, String>, Vec<MediaWarning>), MediaError> {
    let (sink, mut outputs) = mpsc::channel(64);
    let (process, limits) = (support::media_process(), Limits::default());
    let warnings = process.captions(support::source(film), plan, &limits, sink, CancellationToken::new()).await?;
    let mut made = BTreeMap::new();
    while let Some(output) = outputs.recv().await {
        if let MediaOutput::Captions { rendition, bytes } = output {
            made.insert(rendition.to_string(), String::from_utf8(bytes.to_vec()).unwrap());
        }
    }
    Ok((made, warnings))
}

/// The cues of the film's one track, without the header.
async fn cues_of(film: &Path) -> String {
    let plan = support::plan(film, &PlanSettings::default()).await;
    let (made, warnings) = captions_of(film, &plan).await.unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let (header, cues) = made["captions-eng"].split_once("\n\n").unwrap();
    assert_eq!(header, "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000");
    cues.to_owned()
}
