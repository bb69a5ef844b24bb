//! A clip with the detail and motion of a film where none is given.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

/// Thirty seconds of 1080p: a wandering look at a still of endless detail, something that moves across it, a cut every
/// five seconds, and grain.
///
/// # Errors
/// Where ffmpeg is missing or fails.
pub fn generate(folder: &Path) -> anyhow::Result<PathBuf> {
    println!("making a clip of 30 s");
    let still = folder.join("still.png");
    ffmpeg(&["-f", "lavfi", "-i", "mandelbrot=size=3840x2160:start_scale=0.01:rate=1", "-frames:v", "1"], &still)?;
    let clip = folder.join("clip.mp4");
    let still = still.to_string_lossy().into_owned();
    let look = "crop=1920:1080:\
        x='(iw-ow)/2*(1+sin(t*0.31+floor(t/5)*2))':y='(ih-oh)/2*(1+cos(t*0.23+floor(t/5)*3))'";
    let graph = format!(
        "[0:v]loop=-1:1,fps=25,{look}[ground];\
         [ground][1:v]overlay=x='mod(t*170,1920)-320':y='400+200*sin(t)',noise=alls=7:allf=t+u,format=yuv420p[film]"
    );
    ffmpeg(
        &[
            "-i",
            &still,
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x180:rate=25",
            "-f",
            "lavfi",
            "-i",
            "anoisesrc=color=pink:amplitude=0.3:sample_rate=48000",
            "-filter_complex",
            &graph,
            "-map",
            "[film]",
            "-map",
            "2:a",
            "-t",
            "30",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "17",
            "-g",
            "250",
            "-c:a",
            "aac",
            "-b:a",
            "192k",
        ],
        &clip,
    )?;
    Ok(clip)
}

/// The clip that was named.
///
/// # Errors
/// Where there is none.
pub fn given(clip: &Path) -> anyhow::Result<PathBuf> {
    clip.canonicalize().with_context(|| format!("there is no clip at {}", clip.display()))
}

/// The clip that was named, or one that is made in this folder.
///
/// # Errors
/// Where there is no such clip, or none can be made.
pub fn given_or_made(clip: Option<&Path>, folder: &Path) -> anyhow::Result<PathBuf> {
    clip.map_or_else(|| generate(folder), given)
}

/// Has the ffmpeg program make `out`.
///
/// # Errors
/// Where it is missing or fails; its own words are in the error.
pub fn ffmpeg(arguments: &[&str], out: &Path) -> anyhow::Result<()> {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments)
        .arg(out)
        .output()
        .context("the benches need the ffmpeg program")?;
    anyhow::ensure!(output.status.success(), "ffmpeg failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
