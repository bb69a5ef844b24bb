//! Our engine against ffmpeg commands on one clip, in turn and side by side, and against the floor under both.
//!
//! `make bench-peers [CLIP=film.mp4] [TURNS=5] [PRESET=veryfast]`. What matters are the ratios: each is the median of the turns'
//! own, as the machine may be faster in one turn than in another. Memory is the peak of one run more, after them.

mod commands;
mod plot;

use std::path::PathBuf;

use anyhow::Context;
use mutoscope_benches::{
    arguments, clip,
    cost::{Cost, peak_bytes, run},
    spread::{median, spread},
};

use self::commands::{Contest, OURS, Row};

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
    let contest = Contest::new(&clip, &settings.preset, folder.path())?;
    let mut rows = contest.rows();
    let mut floors = Vec::new();
    for turn in 1..=settings.turns {
        println!("turn {turn} of {}", settings.turns);
        for row in &mut rows {
            let costs: anyhow::Result<Vec<Cost>> = row.commands.iter().map(|command| run(command)).collect();
            row.costs.push(Cost::in_turn(&costs?));
            contest.clear()?;
            if row.name == OURS {
                floors.push(contest.floor()?);
            }
        }
    }

    let cores = std::thread::available_parallelism()?.get();
    println!("\n{}, preset {}, {} cores, {} turns", clip.display(), settings.preset, cores, settings.turns);
    println!("floor: {:.2} s of CPU time ({})", median(floors.iter().copied()), spread(&floors));
    println!(
        "{:36} {:>8} {:>8} {:>24} {:>24} {:>24}",
        "", "wall s", "CPU s", "CPU / floor", "wall / (floor / cores)", "ours takes"
    );
    let ours = &rows.iter().find(|row| row.name == OURS).context("ours takes part")?.costs;
    let mut bars = Vec::new();
    for Row { name, costs, .. } in &rows {
        let of_turns = |of: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..costs.len()).map(of).collect() };
        let cpu = of_turns(&|turn| costs[turn].cpu_s / floors[turn]);
        let wall = of_turns(&|turn| costs[turn].wall_s * cores as f64 / floors[turn]);
        let ours = of_turns(&|turn| ours[turn].wall_s / costs[turn].wall_s);
        let [cpu_told, wall_told, ours_told] = [&cpu, &wall, &ours].map(|ratios| told(ratios));
        println!(
            "{name:36} {:8.2} {:8.2} {cpu_told:>24} {wall_told:>24} {ours_told:>24}",
            median(costs.iter().map(|cost| cost.wall_s)),
            median(costs.iter().map(|cost| cost.cpu_s)),
        );
        let place = if *name == OURS { 0 } else { bars.len() };
        bars.insert(place, ((*name).to_owned(), median(wall.into_iter())));
    }
    if let Some(path) = &settings.plot {
        std::fs::write(path, plot::bars("Time to make the ladder, floor = 1", &bars))?;
        println!("drawn in {}", path.display());
    }
    println!("\nmost memory at a time, MB");
    for row in &rows {
        let peaks: anyhow::Result<Vec<u64>> = row.commands.iter().map(|command| peak_bytes(command)).collect();
        println!("{:36} {:8}", row.name, peaks?.into_iter().max().unwrap_or(0) / 1_000_000);
        contest.clear()?;
    }
    Ok(())
}

/// The middle of the turns' ratios, and their range.
fn told(ratios: &[f64]) -> String {
    format!("{:.3} ({})", median(ratios.iter().copied()), spread(ratios))
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
