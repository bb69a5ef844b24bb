//! The other side: each rung's pictures without loss, and one continuous encode of them by the ffmpeg program.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;
use mutoscope_transcoder::plan::VideoRendition;

/// Where the continuous encode has its key frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Where our segments begin, and nowhere else.
    AtOurCuts,
    /// At most 250 pictures apart, and at scene changes.
    AsX264Likes,
}

impl Keys {
    /// In the order of the table.
    pub const ALL: [Self; 2] = [Self::AtOurCuts, Self::AsX264Likes];

    /// As the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtOurCuts => "key frames at our cuts",
            Self::AsX264Likes => "key frames as x264 likes",
        }
    }
}

/// A rung's pictures as its encoder should be given them.
pub struct Reference {
    pub path: PathBuf,
    /// Pictures a second.
    pub rate: String,
    pub seconds_a_picture: f64,
}

/// The film's pictures alone: its length is theirs then, and not that of its sound.
pub fn without_sound(film: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join("silent.mp4");
    let mut command = ffmpeg();
    command.arg("-i").arg(film).args(["-map", "0:v:0", "-c", "copy"]).arg(&path);
    output_of(command)?;
    Ok(path)
}

/// Each rung's pictures without loss, scaled from those of the rung above.
pub fn references(film: &Path, rungs: &[VideoRendition], folder: &Path) -> anyhow::Result<Vec<Reference>> {
    println!("scaling the clip without loss");
    let mut graph = String::new();
    let last = rungs.len().checked_sub(1).context("the clip has no rungs")?;
    for (number, rung) in rungs.iter().enumerate() {
        let from = if number == 0 { "[0:v:0]".to_owned() } else { format!(";[c{}]", number - 1) };
        let into = if number == last { format!("[v{number}]") } else { format!(",split[v{number}][c{number}]") };
        let size = rung.rung.size;
        let scale = format!("scale={}:{}:flags=bicubic+accurate_rnd+bitexact", size.width, size.height);
        graph += &format!("{from}{scale}{into}");
    }
    let mut command = ffmpeg();
    command.arg("-i").arg(film).args(["-filter_complex", &graph]);
    let mut references = Vec::new();
    for (number, rung) in rungs.iter().enumerate() {
        let path = folder.join(format!("reference-{}.mkv", rung.name));
        let rate = rung.frame_rate;
        command.args(["-map", &format!("[v{number}]"), "-r", &format!("{}/{}", rate.num(), rate.den())]);
        command.args(["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p"]).arg(&path);
        references.push(Reference {
            path,
            rate: format!("{}/{}", rate.num(), rate.den()),
            seconds_a_picture: f64::from(rate.den()) / f64::from(rate.num()),
        });
    }
    output_of(command)?;
    Ok(references)
}

/// One encoder for all of the clip, with the rung's own settings.
pub fn encode(
    reference: &Reference,
    rung: &VideoRendition,
    keys: Keys,
    cuts_s: &[f64],
    folder: &Path,
) -> anyhow::Result<PathBuf> {
    let path = folder.join("peer.mp4");
    let encoder = &rung.encoder;
    let mut command = ffmpeg();
    command.arg("-i").arg(&reference.path).args(["-c:v", "libx264", "-threads", "1"]);
    command.args(["-preset", encoder.preset.as_str(), "-profile:v", "high", "-pix_fmt", "yuv420p"]);
    command.args(["-crf", &(f64::from(encoder.crf_hundredths) / 100.0).to_string()]);
    command.args(["-maxrate", &encoder.peak_bps.to_string(), "-bufsize", &encoder.buffer_bits.to_string()]);
    if keys == Keys::AtOurCuts {
        let cuts: Vec<String> = cuts_s.iter().map(|cut| format!("{cut:.3}")).collect();
        command.args(["-force_key_frames", &cuts.join(","), "-g", "100000", "-sc_threshold", "0"]);
    }
    // Our segments have no SEI either.
    command.args(["-bsf:v", "filter_units=remove_types=6"]).arg(&path);
    output_of(command)?;
    Ok(path)
}

/// The ffmpeg program, quiet, and taking no input of ours.
pub fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-y"]);
    command
}

/// What a program wrote to its standard output and error.
pub fn output_of(mut command: Command) -> anyhow::Result<(String, String)> {
    let output = command.output().context("the bench needs the ffmpeg and ffprobe programs")?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    anyhow::ensure!(output.status.success(), "{command:?} failed: {}", text(&output.stderr));
    Ok((text(&output.stdout), text(&output.stderr)))
}
