//! Compares what came out with what ffmpeg itself decodes of the source.

use std::{path::Path, process::Command};

use mutoscope_transcoder::plan::RenditionPlan;

use super::{Played, joined};
use crate::support::Films;

/// How alike pictures must be: structural similarity over red, green and blue, of 1.
#[derive(Clone, Copy)]
pub struct Likeness {
    pub least_ssim: f64,
}

/// What two encodings, one of them ours, leave of a test picture.
pub const LIKE: Likeness = Likeness { least_ssim: 0.85 };

const SAMPLE_RATE_HZ: f64 = 48_000.0;
/// Sound and picture may be this much further apart than in the source, and an instant this much off.
const APART_MS: f64 = 40.0;

/// Length, pictures, pace, sound and sync.
pub fn whole(films: &Films, played: &Played, likeness: Likeness) -> Result<(), String> {
    length(played)?;
    pictures(films, played, likeness)?;
    sound(films, played)?;
    sync(films, played)
}

/// As long as the longer of the source's decoded pictures and sound.
pub fn length(played: &Played) -> Result<(), String> {
    let decoded = |stream: &str| {
        let text = run(Command::new("ffmpeg")
            .args(["-hide_banner", "-nostdin", "-i"])
            .arg(&played.film)
            .args(["-map", stream, "-f", "null", "-"]));
        let (_, clock) = text.rsplit_once("time=")?;
        let mut parts = clock.split_whitespace().next()?.split(':').map(str::parse::<f64>);
        Some(parts.next()?.ok()? * 3_600.0 + parts.next()?.ok()? * 60.0 + parts.next()?.ok()?)
    };
    let was = decoded("0:v:0").into_iter().chain(decoded("0:a:0")).fold(0.0, f64::max);
    let is = played.plan.grid.length_ms() as f64 / 1_000.0;
    // From 6.1 on, ffmpeg's clock stands where the last picture begins; the film ends where that one does.
    let last_s = picture_length_s(&played.film).unwrap_or(0.0).min(1.0);
    let tolerance_s = (was * 0.01).max(0.15);
    if is < was - tolerance_s || is > was + tolerance_s.max(last_s) {
        return Err(format!("{was:.3} s became {is:.3} s"));
    }
    Ok(())
}

/// As many pictures as the source has time for, each like the source's at that instant.
pub fn pictures(films: &Films, played: &Played, likeness: Likeness) -> Result<(), String> {
    pictures_as(films, &played.film, played, likeness)
}

/// The same, where another file shows how they should look.
pub fn pictures_as(films: &Films, source: &Path, played: &Played, likeness: Likeness) -> Result<(), String> {
    let video = played.plan.video.as_ref().ok_or("the plan has no pictures")?;
    let rung = tallest(played).ok_or("the plan has no rung")?;
    let (width, height, name) = (rung.0, rung.1, rung.2.as_str());
    let out = joined(films, &played.film, &played.made, name);
    let rate = format!("{}/{}", video.frame_rate.num(), video.frame_rate.den());
    // Both are put on the planned rate from the film's zero on, and turned to what a screen shows.
    let shown = format!("fps={rate}:start_time=0,scale={width}:{height}:flags=bicubic+accurate_rnd,format=gbrp");
    let graph = format!("[0:v:0]{shown}[source];[1:v:0]{shown}[made];[source][made]ssim");
    let text = run(Command::new("ffmpeg")
        .args(["-hide_banner", "-nostdin", "-i"])
        .arg(source)
        .arg("-i")
        .arg(&out)
        .args(["-lavfi", &graph, "-f", "null", "-"]));
    let similarity = text.rsplit_once("All:").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<f64>().ok());
    match similarity {
        Some(similarity) if similarity >= likeness.least_ssim => Ok(()),
        Some(similarity) => Err(format!("pictures are only {similarity:.3} alike")),
        None => Err(format!("pictures cannot be compared: {text}")),
    }
}

/// The left tone is on the left and the right one on the right, as loud as they were.
pub fn sound(films: &Films, played: &Played) -> Result<(), String> {
    let out = joined(films, &played.film, &played.made, "audio");
    let (source, made) = (samples(&played.film), samples(&out));
    let (was, is) = (source.len() as f64 / SAMPLE_RATE_HZ, made.len() as f64 / SAMPLE_RATE_HZ);
    // Where it ends before the pictures it goes on in silence.
    let film = played.plan.grid.length_ms() as f64 / 1_000.0;
    if is < was - 0.15 || is > was.max(film) + 0.15 {
        return Err(format!("{was:.3} s of sound became {is:.3} s"));
    }
    for side in [0, 1] {
        for hz in [440.0, 660.0] {
            let (was, is) = (level(&source, side, hz), level(&made, side, hz));
            if (was - is).abs() > 0.02 + was * 0.15 {
                return Err(format!("{hz} Hz on side {side} was {was:.3} and is {is:.3}"));
            }
        }
    }
    Ok(())
}

/// Sound is the source's, sample by sample: the least correlation, of 1.
pub fn waves(films: &Films, played: &Played, least: f64) -> Result<(), String> {
    let out = joined(films, &played.film, &played.made, "audio");
    let (source, made) = (samples(&played.film), samples(&out));
    if source.len().abs_diff(made.len()) as f64 > SAMPLE_RATE_HZ * 0.15 {
        return Err(format!("{} samples became {}", source.len(), made.len()));
    }
    let product = |a: &[[f32; 2]], b: &[[f32; 2]]| {
        a.iter().zip(b).map(|(a, b)| f64::from(a[0]) * f64::from(b[0]) + f64::from(a[1]) * f64::from(b[1])).sum::<f64>()
    };
    let alike = product(&source, &made) / (product(&source, &source) * product(&made, &made)).sqrt();
    if alike >= least { Ok(()) } else { Err(format!("sound is only {alike:.3} alike")) }
}

/// How long the pictures of a film are on the screen, by its mean rate.
fn picture_length_s(film: &Path) -> Option<f64> {
    let arguments =
        ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate", "-of", "csv=p=0"];
    let output = Command::new("ffprobe").args(arguments).arg(film).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let (num, den) = text.lines().next()?.trim_end_matches(',').split_once('/')?;
    let (num, den) = (num.parse::<f64>().ok()?, den.parse::<f64>().ok()?);
    (num > 0.0).then_some(den / num)
}

/// Picture and sound begin as far apart as in the source.
pub fn sync(films: &Films, played: &Played) -> Result<(), String> {
    let rung = tallest(played).ok_or("the plan has no rung")?;
    let picture = joined(films, &played.film, &played.made, &rung.2);
    let sound = joined(films, &played.film, &played.made, "audio");
    let apart = |picture: &Path, sound: &Path| {
        let shown_ms = picture_onset_ms(picture).ok_or("the picture never changes")?;
        let heard_ms = sound_onset_ms(sound).ok_or("the sound never starts")?;
        Ok::<_, String>((shown_ms, heard_ms))
    };
    let (was_shown, was_heard) = apart(&played.film, &played.film)?;
    let (is_shown, is_heard) = apart(&picture, &sound)?;
    let moved = (is_heard - is_shown) - (was_heard - was_shown);
    if moved.abs() > APART_MS {
        return Err(format!(
            "sound moved by {moved:.0} ms against the picture: {was_shown:.0} and {was_heard:.0} ms became {is_shown:.0} and {is_heard:.0}"
        ));
    }
    Ok(())
}

/// The tallest rung's width, height and name.
pub fn tallest(played: &Played) -> Option<(u32, u32, String)> {
    played.plan.renditions.iter().find_map(|rendition| match rendition {
        RenditionPlan::Video(rung) => Some((rung.rung.size.width, rung.rung.size.height, rung.name.to_string())),
        _ => None,
    })
}

/// The first sound of a file at 48 kHz, two channels, from the file's zero on.
pub fn samples(path: &Path) -> Vec<[f32; 2]> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-map", "0:a:0", "-af", "aresample=48000:async=1:first_pts=0", "-ac", "2", "-f", "f32le", "-"])
        .output()
        .unwrap();
    let sample = |bytes: &[u8]| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    output.stdout.chunks_exact(8).map(|pair| [sample(&pair[..4]), sample(&pair[4..])]).collect()
}

/// How strong a pitch is on a side between 1.2 and 2.8 s: the amplitude of its sine.
fn level(samples: &[[f32; 2]], side: usize, hz: f64) -> f64 {
    let at = |seconds: f64| ((seconds * SAMPLE_RATE_HZ) as usize).min(samples.len());
    let part = &samples[at(1.2)..at(2.8)];
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (number, pair) in part.iter().enumerate() {
        let angle = std::f64::consts::TAU * hz * number as f64 / SAMPLE_RATE_HZ;
        real += f64::from(pair[side]) * angle.cos();
        imaginary += f64::from(pair[side]) * angle.sin();
    }
    real.hypot(imaginary) * 2.0 / part.len().max(1) as f64
}

fn sound_onset_ms(path: &Path) -> Option<f64> {
    let samples = samples(path);
    let first = samples.iter().position(|pair| pair[0].abs() > 0.1)?;
    Some(first as f64 * 1_000.0 / SAMPLE_RATE_HZ)
}

/// When the white of the first second ends.
fn picture_onset_ms(path: &Path) -> Option<f64> {
    const PIXELS: usize = 16 * 12;
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(path)
        .args(["-map", "0:v:0", "-vf", "fps=100:start_time=0,scale=16:12,format=gray", "-f", "rawvideo", "-"])
        .output()
        .unwrap();
    let mean = |picture: &[u8]| picture.iter().map(|pixel| u32::from(*pixel)).sum::<u32>() / PIXELS as u32;
    let first = output.stdout.chunks_exact(PIXELS).position(|picture| mean(picture) < 190)?;
    Some(first as f64 * 10.0)
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}
