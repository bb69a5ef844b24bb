//! What is carried over: the source's own packets as renditions, and what is not fit for it.

mod damage;
mod fitness;
mod playback;
mod purity;

use std::{path::Path, process::Command};

use mutoscope_transcoder::plan::{CarriedAudio, CarriedVideo, EncodePlan, RenditionPlan};

use crate::support::Films;

/// A moving picture of 25 a second and a tone that rises, so that every frame differs from every other.
const PICTURES: &str = "-f lavfi -i testsrc2=size=640x360:rate=25:duration=13";
const SOUND: &str = "-f lavfi -i aevalsrc=exprs=0.4*sin(2*PI*t*(200+40*t)):sample_rate=48000:duration=13";
/// With B-frames, a key frame every 2 s, at a rate that fits the rung.
const FIT: &str = "-c:v libx264 -preset veryfast -crf 32 -g 50 -pix_fmt yuv420p -c:a aac -b:a 96k";

/// The film with bytes of a picture in its middle overwritten.
pub fn damaged_film(films: &Films) -> std::path::PathBuf {
    let mut bytes = std::fs::read(fit_film(films, "film.mp4")).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 3_000] {
        *byte = byte.wrapping_mul(31).wrapping_add(7);
    }
    films.write("damaged.mp4", &bytes)
}

/// A film whose pictures and sound are carried over.
pub fn fit_film(films: &Films, name: &str) -> std::path::PathBuf {
    films.make(name, &format!("{PICTURES} {SOUND} {FIT}"))
}

fn carried_video(plan: &EncodePlan) -> &CarriedVideo {
    let found = plan.renditions.iter().find_map(|rendition| match rendition {
        RenditionPlan::CarriedVideo(carried) => Some(carried),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{:?}", plan.carrying))
}

fn carried_audio(plan: &EncodePlan) -> &CarriedAudio {
    let found = plan.renditions.iter().find_map(|rendition| match rendition {
        RenditionPlan::CarriedAudio(carried) => Some(carried),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{:?}", plan.carrying))
}

/// What the ffmpeg program writes to standard output.
fn ffmpeg(input: &Path, arguments: &str) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(input)
        .args(arguments.split_whitespace())
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
