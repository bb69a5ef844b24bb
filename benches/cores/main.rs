//! Whether speed grows with cores: the same run on one core of the machine, on two, and so on, by doubling.
//!
//! `make bench-cores [CLIP=film.mp4] [TURNS=3] [PRESET=veryfast]`. The program is bound to so many cores (`taskset`), which
//! its media processes inherit, and finds out itself how many it has. Beside the time on the wall stands where it went:
//! *CPU* is the work, which should not grow with the cores; *busy* is the share of the cores' time that was used, which
//! falls where all spans have to pass one place one by one.

use std::{ffi::OsString, fs, path::PathBuf};

use anyhow::Context;
use mutoscope_benches::{
    arguments, clip,
    cores::cores,
    cost::{Cost, run},
    spread::{median, spread},
};

struct Settings {
    clip: Option<PathBuf>,
    turns: usize,
    preset: String,
}

fn main() -> anyhow::Result<()> {
    let settings = settings()?;
    let folder = tempfile::tempdir()?;
    let binary = PathBuf::from(std::env::var_os("MUTOSCOPE_BINARY").context("MUTOSCOPE_BINARY names our binary")?);
    let clip = clip::given_or_made(settings.clip.as_deref(), folder.path())?;
    let out = folder.path().join("out");
    let all = cores()?;
    let sets: Vec<&[u32]> = counts(all.len()).into_iter().map(|count| &all[..count]).collect();
    let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); sets.len()];
    for turn in 1..=settings.turns {
        println!("turn {turn} of {}", settings.turns);
        for (set, costs) in sets.iter().zip(&mut costs) {
            let list: Vec<String> = set.iter().map(u32::to_string).collect();
            let mut command: Vec<OsString> = ["taskset", "-c", &list.join(",")].map(Into::into).into();
            command.extend([binary.clone().into(), "transcode".into(), clip.clone().into()]);
            command.extend(["--ladder", "1080,720,480,360", "--carry-over", "off", "--hls"].map(Into::into));
            command.extend(["--preset".into(), settings.preset.clone().into(), "--out".into(), out.clone().into()]);
            costs.push(run(&command)?);
            fs::remove_dir_all(&out)?;
        }
    }

    println!("\n{}, preset {}, {} turns", clip.display(), settings.preset, settings.turns);
    println!("{:>5} {:>8} {:>8} {:>9} {:>7}", "cores", "wall s", "CPU s", "speed-up", "busy");
    let alone_s = median(costs[0].iter().map(|cost| cost.wall_s));
    for (set, costs) in sets.iter().zip(&costs) {
        let walls: Vec<f64> = costs.iter().map(|cost| cost.wall_s).collect();
        let wall_s = median(walls.iter().copied());
        let cpu_s = median(costs.iter().map(|cost| cost.cpu_s));
        let busy = cpu_s / (wall_s * set.len() as f64);
        println!(
            "{:>5} {wall_s:8.2} {cpu_s:8.2} {:9.3} {busy:7.3}   wall {}",
            set.len(),
            alone_s / wall_s,
            spread(&walls)
        );
    }
    Ok(())
}

/// One, by doubling, and all.
fn counts(all: usize) -> Vec<usize> {
    let mut counts: Vec<usize> =
        std::iter::successors(Some(1), |count| Some(count * 2)).take_while(|n| *n < all).collect();
    counts.push(all);
    counts
}

fn settings() -> anyhow::Result<Settings> {
    let mut settings = Settings { clip: None, turns: 3, preset: "veryfast".to_owned() };
    arguments::read("--clip FILE, --turns N, --preset NAME", |name, value| {
        match name {
            "--clip" => settings.clip = Some(value()?.into()),
            "--turns" => settings.turns = arguments::turns(&value()?)?,
            "--preset" => settings.preset = value()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(settings)
}
