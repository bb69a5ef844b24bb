//! Small files that ask for much: of memory, of processor time, of pictures. Each is refused or ends soon, and none
//! takes the machine.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use mutoscope_transcoder::{
    error::{MediaError, MediaErrorCode, MediaErrorKind},
    jail::{ByteSource, MemorySource},
    limits::Limits,
    plan::{EncodePlan, PlanSettings},
    span::SpanRequest,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{matroska, mp4, mp4::Track, sources::Patchwork};
use crate::support::{Films, media_process, source};

/// How long a refusal may take where tests share the machine: the watchdog's clock stands still while others have the
/// processors. With the machine to itself each is over within the 10 s without a first picture, or the 20 s of
/// processor time.
const SOON: Duration = Duration::from_secs(100);

/// What became of a film: its plan's segments, or why not.
async fn outcome(film: Arc<dyn ByteSource>) -> Result<u32, MediaError> {
    let (process, limits) = (media_process(), Limits::default());
    let report = process.probe(Arc::clone(&film), &limits, CancellationToken::new()).await?;
    let plan = EncodePlan::new(&report, &PlanSettings::default(), &limits)?;
    let (sink, mut outputs) = mpsc::channel(8);
    let request = SpanRequest::all(0..1);
    let work = process.make(film, &plan, &limits, request, sink, CancellationToken::new());
    let drain = async { while outputs.recv().await.is_some() {} };
    tokio::join!(work, drain).0?;
    Ok(plan.grid.segment_count())
}

/// The film ends with one of these codes, soon, or plays where none is named.
async fn assert_ends(film: impl ByteSource + 'static, codes: &[MediaErrorCode]) {
    let started = Instant::now();
    let outcome = outcome(Arc::new(film)).await;
    let took = started.elapsed();
    eprintln!("{:?} after {took:?}", outcome.as_ref().map_err(|error| error.code.as_str()));
    match outcome {
        Ok(_) => assert!(codes.is_empty(), "it plays"),
        Err(error) => {
            assert!(codes.contains(&error.code), "{}", error.code.as_str());
            assert_eq!(error.kind(), MediaErrorKind::InputRefused);
        }
    }
    assert!(took < SOON, "{took:?}");
}

fn memory(bytes: Vec<u8>) -> MemorySource {
    MemorySource(Bytes::from(bytes))
}

use MediaErrorCode::{
    Damaged, MediaProcessTimeout, NoStreams, PictureTooLarge, TooCostly, TooLong, TooManyStreams, TooMuchMemory,
    Truncated, UnsupportedCodec,
};

/// What ends a film that only costs.
const TOO_MUCH: &[MediaErrorCode] = &[MediaProcessTimeout, TooCostly, TooMuchMemory];

#[tokio::test]
async fn three_hundred_thousand_edits() {
    // Each shows the last second of a minute that has one key picture: all of it is gone through for each.
    let mut track = Track::pictures(25, 1_500);
    track.edits = vec![(1_000, 1_475); 300_000];
    track.more_tables = mp4::full(b"stss", &mp4::words(&[1, 1]));
    assert_ends(memory(mp4::honest(&[track.clone()])), TOO_MUCH).await;
    // Where every picture is one, the edits are only a long film.
    track.more_tables.clear();
    assert_ends(memory(mp4::honest(&[track])), &[TooLong, TooCostly, MediaProcessTimeout]).await;
}

#[tokio::test]
async fn two_pictures_a_billion_seconds_apart() {
    let mut track = Track::pictures(1, 2);
    track.durations = vec![(1, 1_000_000_000), (1, 1)];
    assert_ends(memory(mp4::honest(&[track])), &[TooLong]).await;
    // The same by the timestamps of blocks.
    let clusters = [matroska::cluster(0), matroska::cluster(1_000_000_000_000)];
    let film = matroska::film(&[], &[matroska::sound_track(1, &[])], &[], &clusters);
    assert_ends(memory(film), &[TooLong]).await;
}

#[tokio::test]
async fn a_thousand_tracks() {
    let tracks = vec![Track::sound(1, 8_000, 800); 1_000];
    assert_ends(memory(mp4::honest(&tracks)), &[TooManyStreams]).await;
    let tracks: Vec<Vec<u8>> = (1..=1_000).map(|number| matroska::sound_track(number, &[])).collect();
    let film = matroska::film(&[], &tracks, &[], &[matroska::cluster(0)]);
    assert_ends(memory(film), &[TooManyStreams]).await;
}

#[tokio::test]
async fn pictures_of_four_gigapixels() {
    let mut track = Track::pictures(1, 1);
    (track.width, track.height) = (65_535, 65_535);
    assert_ends(memory(mp4::honest(&[track])), &[PictureTooLarge]).await;
    // A GIF of two pictures on such a canvas.
    let picture = [&[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0][..], &[2, 2, 0x44, 1, 0]].concat();
    let head = [b"GIF89a\xff\xff\xff\xff\x80\0\0".as_slice(), &[0, 0, 0, 255, 255, 255]].concat();
    assert_ends(memory([head, picture.clone(), picture, vec![0x3b]].concat()), &[PictureTooLarge]).await;
    // A container that says 64x48, pictures that say otherwise.
    let films = Films::new();
    let film = films.make("film.avi", "-f lavfi -i testsrc2=size=64x48:rate=5:duration=1 -c:v mjpeg");
    let mut bytes = std::fs::read(film).unwrap();
    let frames: Vec<usize> = (0..bytes.len() - 9).filter(|at| bytes[*at..*at + 2] == [0xff, 0xc0]).collect();
    assert!(!frames.is_empty());
    for at in frames {
        bytes[at + 5..at + 9].copy_from_slice(&[0xff; 4]);
    }
    assert_ends(memory(bytes), &[PictureTooLarge]).await;
}

#[tokio::test]
async fn tables_of_samples_that_are_not_there() {
    for samples in [60_000_000, 0x7fff_ffff, u32::MAX] {
        let mut track = Track::pictures(60_000_000, samples);
        track.sample_bytes = 1;
        let film = mp4::film(&[track.clone(), track.clone(), track], &[], 4_096);
        assert_ends(memory(film), &[TooMuchMemory, MediaProcessTimeout, Damaged, Truncated]).await;
    }
}

#[tokio::test]
async fn run_lengths_beyond_all_samples() {
    let mut offsets = Track::pictures(10, 10);
    offsets.offsets = vec![(0x7fff_ffff, 1); 100];
    assert_ends(memory(mp4::honest(&[offsets])), &[]).await;
    let mut durations = Track::pictures(10, 10);
    durations.durations = vec![(10, 1), (u32::MAX, u32::MAX), (u32::MAX, u32::MAX)];
    assert_ends(memory(mp4::honest(&[durations])), &[]).await;
    let mut keys = Track::pictures(10, 10);
    keys.more_tables = mp4::full(b"stss", &mp4::words(&[0x3fff_ffff, 1]));
    assert_ends(memory(mp4::honest(&[keys])), &[Damaged]).await;
}

#[tokio::test]
async fn fragments_of_samples_without_bytes() {
    let extends = mp4::boxed(b"mvex", &mp4::full(b"trex", &mp4::words(&[1, 1, 1, 1, 0])));
    let film = mp4::film(&[Track::pictures(10, 1)], &extends, 768);
    // A header without a base, and a run of so many samples that say nothing of themselves.
    let run = mp4::full(b"trun", &mp4::words(&[80_000_000]));
    let fragment = mp4::boxed(b"traf", &[mp4::full(b"tfhd", &mp4::words(&[1])), run].concat());
    let fragment = mp4::boxed(b"moof", &[mp4::full(b"mfhd", &mp4::words(&[1])), fragment].concat());
    let film = [film, fragment.clone(), fragment].concat();
    assert_ends(memory(film), &[TooMuchMemory, MediaProcessTimeout, TooLong]).await;
}

#[tokio::test]
async fn an_index_that_unpacks_to_two_gigabytes() {
    // Deflate with fixed codes (RFC 1951): a last block, one zero, then "the last byte 258 times more" in 13 bits; eight
    // of these are 13 bytes, and the first one fills up the start's last byte.
    let repeat = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let start = bits(&[&[1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0], &repeat[..]].concat());
    let block = [vec![0x78, 0x9c], start, bits(&repeat.repeat(8)).repeat(1_050_000)].concat();
    let packed = mp4::boxed(b"cmvd", &[mp4::words(&[0x7fff_ff00]), block].concat());
    let index = mp4::boxed(b"moov", &mp4::boxed(b"cmov", &[mp4::boxed(b"dcom", b"zlib"), packed].concat()));
    let film = [mp4::boxed(b"ftyp", b"qt  \0\0\0\0qt  "), index, mp4::boxed(b"mdat", &[0; 64])].concat();
    assert_ends(memory(film), &[TooMuchMemory]).await;
}

/// Bits, first one lowest (RFC 1951, 3.1.1).
fn bits(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |value, bit| value << 1 | bit)).collect()
}

#[tokio::test]
async fn attachments_of_gigabytes() {
    // Twelve attached files of 250 MB each, all zeros, before the first cluster.
    let each: u64 = 250 << 20;
    let name = [matroska::element(0x466e, b"a.bin"), matroska::element(0x4660, b"application/x-font")].concat();
    let open = |id: &[u8], length: u64| [id, &(length | 0x0100_0000_0000_0000).to_be_bytes()].concat();
    let file_length = name.len() as u64 + 10 + each;
    let start = [
        matroska::header(),
        vec![0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        matroska::element(0x1549_a966, &matroska::number(0x002a_d7b1, 1_000_000)),
        matroska::element(0x1654_ae6b, &matroska::sound_track(1, &[])),
        open(&[0x19, 0x41, 0xa4, 0x69], 12 * (file_length + 10)),
    ]
    .concat();
    let mut pieces = vec![(0, start.clone())];
    let mut at = start.len() as u64;
    for _ in 0..12 {
        let head = [open(&[0x61, 0xa7], file_length), name.clone(), open(&[0x46, 0x5c], each)].concat();
        let length = head.len() as u64;
        pieces.push((at, head));
        at += length + each;
    }
    let cluster = matroska::cluster(0);
    let length = at + cluster.len() as u64;
    pieces.push((at, cluster));
    assert_ends(Patchwork { length, pieces }, TOO_MUCH).await;
}

#[tokio::test]
async fn elements_nested_without_end_and_tags_without_number() {
    let deep = (0..2_000).fold(Vec::new(), |inner, _| matroska::element(0x67c8, &inner));
    let tags = matroska::element(0x1254_c367, &matroska::element(0x7373, &deep));
    let track = [matroska::sound_track(1, &[])];
    let film = matroska::film(&[], &track, &tags, &[matroska::cluster(0)]);
    assert_ends(memory(film), &[]).await;
    // Each new name is compared with all before it.
    let tag = |number: u32| {
        let name = format!("{number:08x}");
        let simple = [matroska::element(0x45a3, name.as_bytes()), matroska::element(0x4487, b"x")].concat();
        matroska::element(0x67c8, &simple)
    };
    let many: Vec<u8> = (0..200_000).flat_map(tag).collect();
    let tags = matroska::element(0x1254_c367, &matroska::element(0x7373, &many));
    let film = matroska::film(&[], &track, &tags, &[matroska::cluster(0)]);
    assert_ends(memory(film), TOO_MUCH).await;
}

#[tokio::test]
async fn a_hundred_thousand_cues_in_the_wrong_order() {
    let cue = |at: u64| {
        let places = [matroska::number(0xf7, 1), matroska::number(0xf1, 100)].concat();
        matroska::element(0xbb, &[matroska::number(0xb3, at), matroska::element(0xb7, &places)].concat())
    };
    let cues: Vec<u8> = (0..100_000).rev().flat_map(cue).collect();
    let cues = matroska::element(0x1c53_bb6b, &cues);
    let film = matroska::film(&[], &[matroska::sound_track(1, &[])], &cues, &[matroska::cluster(0)]);
    assert_ends(memory(film), &[]).await;
}

#[tokio::test]
async fn thousands_of_logical_streams() {
    // Ogg pages, each the beginning of another stream (RFC 3533): side by side, then one after the other.
    let side_by_side: Vec<u8> = (0..5_000).flat_map(|serial| ogg_page(2, serial, &speex_header())).collect();
    assert_ends(memory(side_by_side), &[TooManyStreams]).await;
    let chained: Vec<u8> = (0..5_000)
        .flat_map(|serial| [ogg_page(2, serial, &speex_header()), ogg_page(4, serial, &[0; 40])].concat())
        .collect();
    assert_ends(memory(chained), &[TooManyStreams, Damaged, Truncated, NoStreams, UnsupportedCodec]).await;
}

fn speex_header() -> Vec<u8> {
    let mut header = vec![0; 80];
    header[..8].copy_from_slice(b"Speex   ");
    header[28..32].copy_from_slice(&1_u32.to_le_bytes());
    header[32..36].copy_from_slice(&80_u32.to_le_bytes());
    header[36..40].copy_from_slice(&8_000_u32.to_le_bytes());
    header[48..52].copy_from_slice(&1_u32.to_le_bytes());
    header
}

fn ogg_page(kind: u8, serial: u32, body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(kind);
    page.extend([0; 8]);
    page.extend(serial.to_le_bytes());
    page.extend([0; 8]);
    page.extend([1, u8::try_from(body.len()).unwrap()]);
    page.extend(body);
    let crc = page.iter().fold(0_u32, |crc, byte| {
        (0..8)
            .fold(crc ^ u32::from(*byte) << 24, |crc, _| if crc >> 31 == 1 { crc << 1 ^ 0x04c1_1db7 } else { crc << 1 })
    });
    page[22..26].copy_from_slice(&crc.to_le_bytes());
    page
}

#[tokio::test]
async fn ten_million_packets_of_a_track_that_nobody_reads() {
    let mut text = Track::pictures(10_000_000, 10_000_000);
    text.sample_bytes = 1;
    text.handler = Some(*b"text");
    let film = mp4::film(&[Track::pictures(10, 10), text], &[], 10_000_000);
    assert_ends(memory(film), &[]).await;
}

#[tokio::test]
async fn a_film_whose_pictures_change_their_size_every_time() {
    let films = Films::new();
    let folder = films.write("0.txt", b"").parent().unwrap().display().to_string();
    let outputs: String = (1..12)
        .map(|n| {
            format!("-frames:v 1 -s {}x{} -pix_fmt yuvj420p {folder}/{n}.jpg ", 32 + n * 48 % 400, 48 + n * 32 % 300)
        })
        .collect();
    films.make("12.jpg", &format!("-f lavfi -i testsrc2=size=320x240 {outputs} -frames:v 1 -pix_fmt yuvj420p"));
    let film = films.make("sizes.avi", &format!("-framerate 1 -i {folder}/%d.jpg -c:v copy"));
    let outcome = outcome(source(&film)).await;
    assert!(outcome.is_ok(), "{outcome:?}");
}

#[tokio::test]
async fn sound_of_absurd_rates_and_channels() {
    let picture = || Track::pictures(10, 10);
    for (channels, rate_hz) in [(255, 8_000), (1, 1), (1, 999), (1, 768_001), (1, 0x7fff_ffff), (0, 8_000)] {
        let sound = Track::sound(channels, rate_hz, 1_000);
        // Left out, where there are pictures; nothing is left, where there are none.
        assert_ends(memory(mp4::film(&[picture(), sound.clone()], &[], 600_000)), &[]).await;
        let alone = mp4::film(&[sound], &[], 600_000);
        assert_ends(memory(alone), &[UnsupportedCodec, Damaged, NoStreams, Truncated]).await;
    }
    for (channels, rate_hz) in [(1, 1_000), (8, 768_000), (64, 8_000)] {
        assert_ends(memory(mp4::honest(&[picture(), Track::sound(channels, rate_hz, rate_hz)])), &[]).await;
    }
}
