//! What people record plays: each row is made by ffmpeg, goes through the engine, and what comes out is compared with
//! what went in: picture by picture in colour and pace, and sound by pitch, side and instant.

mod audio;
mod compare;
mod containers;
mod crafted;
mod pixels;
mod time;
mod video;

use std::path::{Path, PathBuf};

use mutoscope_transcoder::plan::{EncodePlan, PlanSettings};

use self::compare::Likeness;
use crate::support::{Films, Made, make_all, plan};

/// Three seconds: white and silent for the first, then a moving test picture, and a tone of 440 Hz on the left and of
/// 660 Hz on the right. What starts when tells sync and pace, what stands where tells shape and colour.
const PICTURES: &str =
    "-f lavfi -i testsrc2=size=160x120:rate=25:duration=3,drawbox=t=fill:c=white:enable='lt(t,0.99)'";
const SOUND: &str = "-f lavfi -i aevalsrc=exprs=0.5*gte(t\\,1)*sin(2*PI*440*t)|0.5*gte(t\\,1)*sin(2*PI*660*t):sample_rate=48000:duration=3";

/// One film of the table: its file name and what follows the two inputs.
pub struct Row(pub &'static str, pub &'static str);

/// A film that went through.
pub struct Played {
    pub film: PathBuf,
    pub plan: EncodePlan,
    pub made: Made,
}

/// Puts a film through the engine.
async fn play_file(film: PathBuf) -> Played {
    let plan = plan(&film, &PlanSettings::default()).await;
    let made = make_all(&film, &plan).await;
    Played { film, plan, made }
}

/// Every row of pictures and sound must come out like it went in.
async fn all_play(rows: &[Row], likeness: Likeness) {
    let films = Films::new();
    let make = |Row(name, codecs): &Row| films.make(name, &format!("{PICTURES} {SOUND} {codecs}"));
    let paths: Vec<PathBuf> = rows.iter().map(make).collect();
    all_files_play(&films, &paths, likeness).await;
}

/// Every film must come out like it went in.
async fn all_files_play(films: &Films, paths: &[PathBuf], likeness: Likeness) {
    all_pass(paths, |played| compare::whole(films, played, likeness)).await;
}

/// What comes out of every film must pass. All are tried before any is complained of.
async fn all_pass(paths: &[PathBuf], check: impl Fn(&Played) -> Result<(), String>) {
    let mut faults = Vec::new();
    for path in paths {
        let played = play_file(path.clone()).await;
        if let Err(fault) = check(&played) {
            faults.push(format!("{}: {fault}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Writes a rendition as one file.
fn joined(films: &Films, film: &Path, made: &Made, rendition: &str) -> PathBuf {
    let name = format!("{}.{rendition}.out.mp4", film.file_name().unwrap().to_string_lossy());
    films.write(&name, &made.joined(rendition))
}
