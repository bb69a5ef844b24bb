//! Our engine against ffmpeg commands on one clip, in turn and side by side, and against the floor under both.
//!
//! `make bench-peers [CLIP=film.mp4] [TURNS=5] [PRESET=veryfast]`. Times are medians over the turns; what matters are
//! the ratios, as all take part in every turn. Memory is the peak of one run more, before them. The floor is measured twice:
//! its parts one after the other on an otherwise idle machine, and as many copies of each at a time as there are cores, which
//! is how busy those are that are compared with it.

mod commands;
mod plot;

use std::path::PathBuf;

use mutoscope_benches::{
    arguments, clip,
    cost::{Cost, peak_bytes, run},
    spread::{median, spread},
};

use self::commands::{Contest, Row};

struct Settings {
    clip: Option<PathBuf>,
    turns: usize,
    preset: String,
    plot: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let settings = settings()?;
    let folder = tempfile::tempdir()?;
    let clip = clip::given_or_made(settings.clip.as_deref(), folder.path())?;
    let cores = std::thread::available_parallelism()?.get();
    let contest = Contest::new(&clip, &settings.preset, folder.path(), cores)?;
    let mut rows = contest.rows();
    println!("memory");
    for row in &mut rows {
        let peaks: anyhow::Result<Vec<u64>> = row.commands.iter().map(|command| peak_bytes(command)).collect();
        row.peak_bytes = peaks?.into_iter().max().unwrap_or(0);
        contest.clear()?;
    }
    let (mut floors, mut busy_floors) = (Vec::new(), Vec::new());
    for turn in 1..=settings.turns {
        println!("turn {turn} of {}", settings.turns);
        floors.push(contest.floor(1)?);
        busy_floors.push(contest.floor(cores)?);
        for row in &mut rows {
            let turn: anyhow::Result<Vec<Cost>> = row.commands.iter().map(|command| run(command)).collect();
            row.costs.push(Cost::in_turn(&turn?));
            contest.clear()?;
        }
    }

    let floor_s = median(floors.iter().copied());
    let busy_floor_s = median(busy_floors.iter().copied());
    println!("\n{}, preset {}, {} cores, {} turns", clip.display(), settings.preset, cores, settings.turns);
    println!("floor: {floor_s:.2} s of CPU time ({})", spread(&floors));
    println!("floor with all cores busy: {busy_floor_s:.2} s of CPU time ({})", spread(&busy_floors));
    let our_wall_s = median(rows[0].costs.iter().map(|cost| cost.wall_s));
    println!(
        "{:34} {:>8} {:>8} {:>9} {:>14} {:>8} {:>13} {:>11} {:>8}",
        "", "wall s", "CPU s", "CPU/floor", "wall/(floor/n)", "CPU/busy", "wall/(busy/n)", "ours/wall", "peak MB"
    );
    let mut bars = Vec::new();
    for Row { name, costs, peak_bytes, .. } in &rows {
        let wall_s = median(costs.iter().map(|cost| cost.wall_s));
        let cpu_s = median(costs.iter().map(|cost| cost.cpu_s));
        let peak_mb = peak_bytes / 1_000_000;
        println!(
            "{name:34} {wall_s:8.2} {cpu_s:8.2} {:9.3} {:14.3} {:8.3} {:13.3} {:11.3} {peak_mb:8}",
            cpu_s / floor_s,
            wall_s * cores as f64 / floor_s,
            cpu_s / busy_floor_s,
            wall_s * cores as f64 / busy_floor_s,
            our_wall_s / wall_s,
        );
        let walls: Vec<f64> = costs.iter().map(|cost| cost.wall_s).collect();
        println!("{:34} wall {}", "", spread(&walls));
        bars.push(((*name).to_owned(), wall_s * cores as f64 / floor_s));
    }
    if let Some(path) = &settings.plot {
        std::fs::write(path, plot::bars("Time to make the ladder, floor = 1", &bars))?;
        println!("drawn in {}", path.display());
    }
    Ok(())
}

fn settings() -> anyhow::Result<Settings> {
    let mut settings = Settings { clip: None, turns: 5, preset: "veryfast".to_owned(), plot: None };
    arguments::read("--clip FILE, --turns N, --preset NAME, --plot FILE.svg", |name, value| {
        match name {
            "--clip" => settings.clip = Some(value()?.into()),
            "--turns" => settings.turns = arguments::turns(&value()?)?,
            "--preset" => settings.preset = value()?,
            "--plot" => settings.plot = Some(value()?.into()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(settings)
}
