//! A point of a curve: what an encode takes, and how near it is to the pictures that it was made of.

use std::{path::Path, process::Command};

use anyhow::Context;
use mutoscope_benches::bd_rate::Point;

use super::peer::{Reference, ffmpeg, output_of};

/// Bits a second of a file's pictures, and their mean SSIM in decibels.
pub fn point(made: &Path, reference: &Reference) -> anyhow::Result<Point> {
    let (bytes, pictures) = packets(made)?;
    let seconds = pictures as f64 * reference.seconds_a_picture;
    anyhow::ensure!(pictures > 0, "{} has no pictures", made.display());
    Ok(Point { bps: bytes as f64 * 8.0 / seconds, quality: ssim_db(made, reference, pictures)? })
}

/// Bytes of all packets, and how many there are.
fn packets(path: &Path) -> anyhow::Result<(u64, u64)> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", "v:0", "-show_entries", "packet=size", "-of", "csv=p=0"]).arg(path);
    let (sizes, _) = output_of(command)?;
    let mut sum = (0, 0);
    for size in sizes.lines() {
        let size: u64 = size.trim_end_matches(',').parse().context("ffprobe told other sizes")?;
        sum = (sum.0 + size, sum.1 + 1);
    }
    Ok(sum)
}

/// Pictures are compared by their number: instants of one file and the other are counted in other units.
fn ssim_db(made: &Path, reference: &Reference, pictures: u64) -> anyhow::Result<f64> {
    let by_number = format!("settb=expr=1/({}),setpts=N", reference.rate);
    let graph = format!("[0:v]{by_number}[a];[1:v]{by_number}[b];[a][b]ssim=shortest=1:stats_file=-");
    let mut command = ffmpeg();
    command.args(["-v", "info", "-i"]).arg(made).arg("-i").arg(&reference.path);
    command.args(["-filter_complex", &graph, "-f", "null", "/dev/null"]);
    let (each, summary) = output_of(command)?;
    let compared = each.lines().filter(|line| line.starts_with("n:")).count() as u64;
    anyhow::ensure!(compared == pictures, "{compared} of {pictures} pictures of {} were compared", made.display());
    let all = summary.rsplit_once("All:").context("ffmpeg told no SSIM")?.1;
    let decibels = all.split_once('(').and_then(|(_, rest)| rest.split_once(')')).context("ffmpeg told no decibels")?.0;
    decibels.parse().context("the SSIM is no number: the pictures are the same")
}
