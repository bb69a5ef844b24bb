//! Films of every container with bytes flipped, cut out and spliced in: each becomes segments or a typed error, and
//! nothing else ever happens.
//!
//! `MUTOSCOPE_MUTATIONS` sets how many there are (`make soak`: 20,000); `MUTOSCOPE_MUTATION` makes one of them again.
//! `MUTOSCOPE_CUTS` sets at how many places each film breaks off (`make soak`: 200).

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::StreamExt;
use mutoscope_core::media::Ladder;
use mutoscope_transcoder::{
    error::{MediaErrorCode, MediaErrorKind},
    jail::MemorySource,
    limits::Limits,
    package::check::Gate,
    plan::{CarryOver, EncodePlan, PlanSettings, Preset},
    span::SpanRequest,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::next_random;
use crate::support::{Films, media_process};

/// How many are made where nothing else is said.
const MUTATIONS: u64 = 2_000;
/// Places at which each seed is cut off where nothing else is said.
const CUTS: u64 = 20;
/// What is never reached: the watchdog's clock stands still only while others have the processors.
const HANGS: Duration = Duration::from_secs(300);

/// Containers and codecs, each in a second of 64x48 or less.
const SEEDS: &[(&str, &str)] = &[
    ("h264-aac.mp4", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
    ("fragments.mp4", "-c:v libx264 -preset ultrafast -g 5 -bf 2 -c:a aac -movflags +frag_keyframe+empty_moov"),
    ("hevc-flac.mkv", "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p -c:a flac"),
    ("vp9-opus.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"),
    ("av1.mp4", "-c:v libaom-av1 -cpu-used 8 -usage realtime -an"),
    ("mpeg4-mp3.avi", "-c:v mpeg4 -c:a libmp3lame"),
    ("mpeg2-mp2.ts", "-c:v mpeg2video -c:a mp2"),
    ("mpeg1.mpg", "-r 25 -c:v mpeg1video -c:a mp2"),
    ("flv1.flv", "-c:v flv1 -ar 22050 -c:a libmp3lame"),
    ("theora.ogg", "-c:v libtheora -c:a libvorbis"),
    ("wmv.wmv", "-c:v wmv2 -c:a wmav2"),
    ("prores.mov", "-c:v prores_ks -profile:v 0 -c:a pcm_s16le"),
    ("mpeg2.mxf", "-r 25 -s 96x64 -c:v mpeg2video -ar 48000 -c:a pcm_s16le"),
    ("moving.gif", "-an"),
    ("bare.h264", "-c:v libx264 -preset ultrafast -g 5 -bf 2 -pix_fmt yuv420p -an"),
    ("bare.hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p -an"),
    ("png.mov", "-c:v png -c:a pcm_s16le"),
    ("jpeg2000.mov", "-c:v jpeg2000 -c:a pcm_s16le"),
    ("animation.mov", "-c:v qtrle -g 5 -c:a pcm_s16le"),
    ("capture.avi", "-c:v zmbv -g 5 -c:a adpcm_ms"),
    ("vc2.mkv", "-c:v vc2 -pix_fmt yuv422p -c:a tta"),
    ("hap.mov", "-c:v hap -c:a pcm_s16le"),
    ("sound.mp3", "-vn -c:a libmp3lame"),
    ("sound.wav", "-vn -ar 8000"),
];

/// What became of a film.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Segments that are as planned.
    Plays,
    Refused(&'static str),
    /// The media process ended by a fault of a library.
    Crashed,
    /// What must not happen.
    Wrong(String),
}

fn seeds(films: &Films) -> Vec<Bytes> {
    let input = "-f lavfi -i testsrc2=size=64x48:rate=10:duration=1 -f lavfi -i sine=sample_rate=48000:duration=1";
    let make = |(name, codecs): &(&str, &str)| {
        let path = films.make(name, &format!("{input} {codecs} -fflags +bitexact -flags +bitexact"));
        Bytes::from(std::fs::read(path).unwrap())
    };
    SEEDS.iter().map(make).collect()
}

/// Small limits: what is looked for is faults, not work.
fn limits() -> Limits {
    Limits { width: 1_280, height: 1_280, length_ms: 600_000, span_cpu_ms: 10_000, ..Limits::default() }
}

/// Puts a film through a media process: probe, plan, and the segments of its first second.
async fn fate(film: Vec<u8>) -> Fate {
    let film = Bytes::from(film);
    match fate_with(film.clone(), CarryOver::Also).await {
        // Found out while carrying: the worker plans such a film once more.
        Fate::Wrong(code) if code == MediaErrorCode::CarryRefused.as_str() => fate_with(film, CarryOver::GivenUp).await,
        fate => fate,
    }
}

async fn fate_with(film: Bytes, carry_over: CarryOver) -> Fate {
    let source = Arc::new(MemorySource(film));
    let settings = PlanSettings {
        ladder: Ladder::from(vec![144]),
        preset: Preset::Ultrafast,
        carry_over,
        ..PlanSettings::default()
    };
    let limits = limits();
    let lay = |report: &_| Ok((EncodePlan::new(report, &settings, &limits)?, SpanRequest::all(0..1)));
    let (sink, mut outputs) = mpsc::channel(64);
    let process = media_process();
    let work = process.probe_and_make(source, &limits, lay, sink, CancellationToken::new());
    let collect = async {
        let mut made = Vec::new();
        while let Some(output) = outputs.recv().await {
            made.push(output);
        }
        made
    };
    let Ok((result, made)) = tokio::time::timeout(HANGS, async { tokio::join!(work, collect) }).await else {
        return Fate::Wrong("it hangs".to_owned());
    };
    match result {
        Ok((plan, _)) => {
            let mut gate = Gate::new(Arc::new(plan));
            for output in made {
                if let Err(error) = gate.check(output).await {
                    return Fate::Wrong(format!("{error:?}"));
                }
            }
            Fate::Plays
        }
        Err(error) if error.kind() == MediaErrorKind::InputRefused => Fate::Refused(error.code.as_str()),
        Err(error) if error.code == MediaErrorCode::MediaProcessCrashed => Fate::Crashed,
        Err(error) => Fate::Wrong(error.code.as_str().to_owned()),
    }
}

/// The mutated film of this number: the same in every run.
fn mutated(seeds: &[Bytes], number: u64) -> (usize, Vec<u8>) {
    let mut state = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut random = |below: usize| usize::try_from(next_random(&mut state)).unwrap() % below.max(1);
    let seed = random(seeds.len());
    let mut film = seeds[seed].to_vec();
    for _ in 0..=random(3) {
        // What says how to read the rest lies at the start or at the end more often than not.
        let length = film.len();
        let place = |random: &mut dyn FnMut(usize) -> usize| match random(4) {
            0 => random(length.min(512)),
            1 => random(length.min(4_096)),
            2 => length - 1 - random(length.min(4_096)),
            _ => random(length),
        };
        let at = place(&mut random).min(length.saturating_sub(1));
        let run = (1 + random(64)).min(length - at);
        match random(8) {
            0 => film[at] ^= 1 << random(8),
            1 => film[at..at + run].iter_mut().for_each(|byte| *byte = random(256) as u8),
            2 => film[at..at + run.min(8)].fill([0x00, 0x01, 0x7f, 0x80, 0xff][random(5)]),
            3 => film.truncate(at.max(64)),
            4 => drop(film.drain(at..at + run)),
            5 => {
                let other = &seeds[random(seeds.len())];
                let from = random(other.len());
                let piece = &other[from..(from + 1 + random(2_048)).min(other.len())];
                film.splice(at..at, piece.iter().copied());
            }
            6 => {
                let piece = film[at..at + run].to_vec();
                let to = random(film.len());
                film.splice(to..to, piece);
            }
            _ => {
                for _ in 0..1 + random(32) {
                    let at = random(length);
                    film[at] = random(256) as u8;
                }
            }
        }
        if film.len() < 64 {
            break;
        }
    }
    (seed, film)
}

/// Puts many through, as many at a time as there are processors, and tells what became of them.
async fn run(films: impl Iterator<Item = (String, Vec<u8>)>) {
    let started = Instant::now();
    let at_a_time = std::thread::available_parallelism().map_or(2, usize::from) + 1;
    let tasks = films.map(|(name, film)| async move { (name, tokio::spawn(fate(film)).await.unwrap()) });
    let mut fates: BTreeMap<Fate, Vec<String>> = BTreeMap::new();
    let mut outcomes = futures::stream::iter(tasks).buffer_unordered(at_a_time);
    let mut done = 0_u64;
    while let Some((name, fate)) = outcomes.next().await {
        done += 1;
        if done.is_multiple_of(500) {
            eprintln!("{done} done");
        }
        if matches!(fate, Fate::Crashed | Fate::Wrong(_)) {
            // At once: a soak is long.
            eprintln!("{name}: {fate:?}");
        }
        fates.entry(fate).or_default().push(name);
    }
    for (fate, names) in &fates {
        let some = if *fate == Fate::Plays { &[] } else { &names[..names.len().min(4)] };
        eprintln!("{:6} {fate:?} {some:?}", names.len());
    }
    eprintln!("in {:?}", started.elapsed());
    if let Some(names) = fates.get(&Fate::Crashed) {
        eprintln!("faults of libraries: {names:?}");
    }
    let wrong: Vec<_> = fates.iter().filter(|(fate, _)| matches!(fate, Fate::Wrong(_))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_films_become_segments_or_a_typed_error() {
    let films = Films::new();
    let seeds = seeds(&films);
    let numbers = match setting("MUTOSCOPE_MUTATION") {
        Some(number) => number..number + 1,
        None => 0..setting("MUTOSCOPE_MUTATIONS").unwrap_or(MUTATIONS),
    };
    let one = numbers.end - numbers.start == 1;
    let films = numbers.map(|number| {
        let (seed, film) = mutated(&seeds, number);
        if one {
            let path = std::env::temp_dir().join(format!("mutation-{number}-{}", SEEDS[seed].0));
            std::fs::write(&path, &film).unwrap();
            eprintln!("the film is at {}", path.display());
        }
        (format!("{number} ({})", SEEDS[seed].0), film)
    });
    run(films).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn films_that_break_off_anywhere_play_as_far_as_they_go_or_are_refused() {
    let films = Films::new();
    let seeds = seeds(&films);
    let mut state = 7;
    let mut cuts = Vec::new();
    for (seed, bytes) in seeds.iter().enumerate() {
        for _ in 0..setting("MUTOSCOPE_CUTS").unwrap_or(CUTS) {
            let at = 1 + usize::try_from(next_random(&mut state)).unwrap() % (bytes.len() - 1);
            cuts.push((format!("{} cut at {at}", SEEDS[seed].0), bytes[..at].to_vec()));
        }
    }
    run(cuts.into_iter()).await;
}

#[tokio::test]
async fn the_seeds_themselves_play() {
    let films = Films::new();
    for (bytes, (name, _)) in seeds(&films).into_iter().zip(SEEDS) {
        assert_eq!(fate(bytes.to_vec()).await, Fate::Plays, "{name}");
    }
}
