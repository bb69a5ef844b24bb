//! A film of three hours, made in seconds: a clip's packets, again and again.

use std::path::{Path, PathBuf};

use mutoscope_benches::clip::ffmpeg;

/// A long film.
pub struct Film {
    pub name: &'static str,
    pub path: PathBuf,
}

/// Twenty seconds of 1080p, B-frames and sound at a low rate: what counts is how many packets there are, not how large
/// they are.
pub fn clip(folder: &Path) -> anyhow::Result<PathBuf> {
    let clip = folder.join("short.mp4");
    let sources = "-f lavfi -i testsrc2=size=1920x1080:rate=25:duration=20 -f lavfi -i sine=frequency=440:duration=20";
    let encoders = "-c:v libx264 -preset veryfast -crf 35 -pix_fmt yuv420p -c:a aac -ac 2 -b:a 64k";
    ffmpeg(&words(&format!("{sources} {encoders}")), &clip)?;
    Ok(clip)
}

/// The clip repeated to three hours, with its index behind its data and in front of it.
pub fn three_hours(clip: &Path, folder: &Path) -> anyhow::Result<[Film; 2]> {
    println!("making films of three hours");
    let (end, front) = (folder.join("index-at-the-end.mp4"), folder.join("index-in-front.mp4"));
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let clip = path(clip);
    let mut repeated = words("-stream_loop -1 -i");
    repeated.push(&clip);
    repeated.extend(words("-t 10800 -map 0:v:0 -map 0:a? -c copy"));
    ffmpeg(&repeated, &end)?;
    ffmpeg(&["-i", &path(&end), "-c", "copy", "-movflags", "+faststart"], &front)?;
    Ok([Film { name: "index in front", path: front }, Film { name: "index at the end", path: end }])
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}
