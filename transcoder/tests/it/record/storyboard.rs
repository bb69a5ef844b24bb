//! Thumbnails show the instants they stand for, in the film's shape.

use std::path::Path;

use mutoscope_core::media::{Ladder, SidecarName};
use mutoscope_transcoder::{
    plan::{EncodePlan, PlanSettings},
    record::storyboard,
};

use crate::{
    purity,
    support::{Films, Made, make_all, merge, plan, plan_carrying},
};

const COLOURS: [(&str, [u8; 3]); 6] = [
    ("red", [255, 0, 0]),
    ("lime", [0, 255, 0]),
    ("blue", [0, 0, 255]),
    ("white", [255, 255, 255]),
    ("yellow", [255, 255, 0]),
    ("black", [0, 0, 0]),
];

/// A film whose every second has a colour of its own, `seconds` of them.
fn coloured(films: &Films, name: &str, seconds: usize, size: &str, codecs: &str) -> std::path::PathBuf {
    let parts = (0..seconds).map(|second| {
        let colour = COLOURS[second % COLOURS.len()].0;
        format!("color=c={colour}:s={size}:r=10:d=1[p{second}]")
    });
    let inputs: String = (0..seconds).map(|second| format!("[p{second}]")).collect();
    let graph = parts.collect::<Vec<_>>().join(";");
    films.make(
        name,
        &format!("-filter_complex {graph};{inputs}concat=n={seconds}[v] -map [v] {codecs} -pix_fmt yuv420p"),
    )
}

/// Left, top, width and height of a part of a sheet, in pixels.
type Place = (u32, u32, u32, u32);

/// The middle of a part of a sheet, as red, green and blue.
fn colour_at(films: &Films, sheet: &[u8], (x, y, width, height): Place) -> [u8; 3] {
    let path = films.write("sheet.jpg", sheet);
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(&path)
        .args([
            "-vf",
            &format!("crop={width}:{height}:{x}:{y},crop=8:8,scale=1:1"),
            "-pix_fmt",
            "rgb24",
            "-f",
            "rawvideo",
            "-",
        ])
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.try_into().unwrap()
}

/// The cues of a WebVTT storyboard: start, end, file, place.
fn cues(text: &str) -> Vec<(u64, u64, String, Place)> {
    let (head, rest) = text.split_once("\n\n").unwrap();
    assert_eq!(head, "WEBVTT");
    let instant = |text: &str| -> u64 {
        let (clock, ms) = text.split_once('.').unwrap();
        let seconds = clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<u64>().unwrap());
        seconds * 1_000 + ms.parse::<u64>().unwrap()
    };
    let each = rest.trim().split("\n\n").map(|cue| {
        let (time, address) = cue.split_once('\n').unwrap();
        let (start, end) = time.split_once(" --> ").unwrap();
        let (file, place) = address.split_once("#xywh=").unwrap();
        let place: Vec<u32> = place.split(',').map(|side| side.parse().unwrap()).collect();
        (instant(start), instant(end), file.to_owned(), (place[0], place[1], place[2], place[3]))
    });
    each.collect()
}

async fn assert_shows_every_second(films: &Films, film: &Path, plan: &EncodePlan, seconds: u64) {
    let mut made: Made = make_all(film, plan).await;
    merge(plan, &mut made).await;
    let cues = cues(&storyboard::webvtt(plan).unwrap());
    assert_eq!(cues.len() as u64, seconds);
    for (second, (start, end, file, place)) in (0..seconds).zip(cues) {
        assert_eq!((start, end), (second * 1_000, (second + 1) * 1_000));
        let Ok(SidecarName::StoryboardSheet(number)) = file.parse() else { panic!("{file}") };
        let sheet = &made.sheets.iter().find(|sheet| sheet.0 == number).unwrap().1;
        let shown = colour_at(films, sheet, place);
        let meant = COLOURS[usize::try_from(second).unwrap() % COLOURS.len()].1;
        let apart = shown.iter().zip(meant).map(|(shown, meant)| shown.abs_diff(meant)).max();
        assert!(apart <= Some(24), "{}: second {second} is {shown:?} and not {meant:?}", film.display());
    }
}

#[tokio::test]
async fn a_thumbnail_shows_the_second_it_stands_for() {
    let films = Films::new();
    let film = coloured(&films, "film.mp4", 28, "320x180", "-c:v libx264 -preset ultrafast");
    let plan = plan(&film, &purity::settings()).await;
    // Two sheets.
    assert_shows_every_second(&films, &film, &plan, 28).await;
}

#[tokio::test]
async fn a_film_of_which_nothing_is_encoded_has_thumbnails_too() {
    let films = Films::new();
    let film = coloured(&films, "film.mp4", 9, "160x90", "-c:v libx264 -g 20 -sc_threshold 0");
    let settings = PlanSettings { ladder: Ladder::from(vec![90]), ..PlanSettings::default() };
    let plan = plan_carrying(&film, &settings).await;
    assert!(plan.renditions.iter().all(|rendition| rendition.is_carried()), "{:?}", plan.carrying);
    assert_shows_every_second(&films, &film, &plan, 9).await;
}

#[tokio::test]
async fn thumbnails_are_upright_and_a_tiny_film_has_tiny_ones() {
    let films = Films::new();
    let portrait = coloured(&films, "portrait.mp4", 2, "90x160", "-c:v libx264 -preset ultrafast");
    let tiny = coloured(&films, "tiny.mp4", 2, "16x16", "-c:v libx264 -preset ultrafast");
    for (film, size) in [(portrait, (90, 160)), (tiny, (16, 16))] {
        let plan = plan(&film, &purity::settings()).await;
        let thumbnail = plan.record.as_ref().unwrap().pictures.as_ref().unwrap().thumbnail;
        assert_eq!((thumbnail.width, thumbnail.height), size);
        assert_shows_every_second(&films, &film, &plan, 2).await;
    }
}
