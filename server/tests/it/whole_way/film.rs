//! Films that the tests make with the ffmpeg program, and what ffprobe says about the result.

use std::{path::Path, process::Command};

/// The bytes of a moving test picture with a tone, in MP4.
pub fn make(folder: &Path, width: u32, height: u32, seconds: u32) -> Vec<u8> {
    let file = folder.join(format!("film-{width}x{height}-{seconds}.mp4"));
    let picture = format!("testsrc2=size={width}x{height}:rate=30:duration={seconds}");
    let tone = format!("sine=frequency=440:sample_rate=48000:duration={seconds}");
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"])
        .args(["-g", "250", "-c:a", "aac", "-shortest"])
        .arg(&file)
        .status()
        .expect("the ffmpeg program is there: make test installs it");
    assert!(status.success(), "ffmpeg makes a film");
    std::fs::read(&file).expect("the film can be read")
}

/// What another reader than ours finds in a joined rendition.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub width: u32,
    pub height: u32,
    pub frames: u32,
}

/// Decodes every picture of a joined video rendition (init segment and media segments).
pub fn decode(folder: &Path, bytes: &[u8]) -> Found {
    let file = folder.join("joined.mp4");
    std::fs::write(&file, bytes).expect("a temporary file");
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-count_frames"])
        .args(["-show_entries", "stream=width,height,nb_read_frames"])
        .args(["-of", "csv=p=0"])
        .arg(&file)
        .output()
        .expect("the ffprobe program is there");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(complaints.is_empty(), "ffprobe complains: {complaints}");
    let line = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u32> = line.trim().split(',').map(|number| number.parse().expect("a number")).collect();
    match numbers[..] {
        [width, height, frames] => Found { width, height, frames },
        _ => panic!("ffprobe says: {line}"),
    }
}
