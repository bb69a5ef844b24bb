//! What libav says goes to our log, a few lines a process and none of the film's own words.

use std::sync::Arc;

use mutoscope_transcoder::{jail::MemorySource, limits::Limits};
use tokio_util::sync::CancellationToken;

use super::lines::lines_of;
use crate::{hostile::matroska, support::media_process};

/// Words that only the film holds, and what a terminal would obey.
const WORDS: &str = "\u{1b}[31mWORDS-OF-THE-FILM";

#[test]
fn libav_complains_in_our_log_and_never_in_the_words_of_the_film() {
    // Broken packets of a film whose every text is the same; libav complains of each.
    let name = matroska::element(0x536e, WORDS.as_bytes());
    let codec = matroska::element(0x86, b"V_MPEG4/ISO/AVC");
    let broken = matroska::element(0x63a2, &[1, 100, 0, 10, 0xff, 0xe1, 0, 4, 0x67, 1, 2, 3, 1, 0, 2, 0x68, 1]);
    let picture = matroska::element(0xe0, &[matroska::number(0xb0, 64), matroska::number(0xba, 48)].concat());
    let video = [
        matroska::number(0xd7, 1),
        matroska::number(0x73c5, 1),
        matroska::number(0x83, 1),
        codec,
        broken,
        picture,
        name,
    ];
    let title = matroska::element(0x7ba9, WORDS.as_bytes());
    let clusters: Vec<Vec<u8>> = (0..100).map(|second| matroska::cluster(second * 1_000)).collect();
    let film = matroska::film(&title, &[matroska::element(0xae, &video.concat())], &[], &clusters);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let text = lines_of(|| {
        let source = Arc::new(MemorySource(film.into()));
        runtime.block_on(media_process().probe(source, &Limits::default(), CancellationToken::new())).unwrap_err();
    });
    let said = text.lines().filter(|line| line.contains("libav: ")).count();
    assert!((1..=20).contains(&said), "{text}");
    assert!(!text.contains("WORDS-OF-THE-FILM"), "{text}");
}
