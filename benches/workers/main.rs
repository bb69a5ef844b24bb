//! Whether a film is made sooner where more workers share it: processes of the binary with the role `transcode`, each bound to
//! one core of the machine, over one PostgreSQL and one folder.
//!
//! `make bench-workers [CLIP=film.mp4] [TURNS=3] [WORKERS=1,2,4]`. Workers beyond the machine's cores share them, as evenly as
//! can be: then nothing is gained on the wall, and the *CPU* column shows what sharing costs, which should be nothing. The
//! time runs from the start of the workers until the film is whole, their start included.

mod worker;

use std::{path::Path, process::Command, time::Instant};

use anyhow::Context;
use mutoscope_benches::{
    arguments, clip,
    cores::cores,
    spread::{median, spread},
};
use mutoscope_core::{
    db::{Db, DbSettings, plans, segments},
    id::VideoId,
};

use worker::{Platform, Worker};

struct Settings {
    clip: Option<std::path::PathBuf>,
    turns: usize,
    workers: Vec<usize>,
}

/// One run.
struct Run {
    wall_s: f64,
    cpu_s: f64,
    hashes: Vec<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = settings()?;
    let folder = tempfile::tempdir()?;
    let clip = clip::given_or_made(settings.clip.as_deref(), folder.path())?;
    let variable =
        |name: &str| std::env::var(name).with_context(|| format!("{name} is not set: use make bench-workers"));
    let platform = Platform {
        binary: variable("MUTOSCOPE_BINARY")?.into(),
        database_url: variable("MUTOSCOPE_TEST_POSTGRES_URL")?,
        folder: folder.path().to_owned(),
    };
    let db = Db::open(&DbSettings { url: platform.database_url.clone(), connections: 2 }).await?;
    platform.run(&["admin", "user", "create", "bench"])?;
    let cores = cores()?;
    let mut runs: Vec<Vec<Run>> = settings.workers.iter().map(|_| Vec::new()).collect();
    for turn in 1..=settings.turns {
        println!("turn {turn} of {}", settings.turns);
        for (count, runs) in settings.workers.iter().zip(&mut runs) {
            runs.push(make(&platform, &db, &clip, *count, &cores).await?);
        }
    }

    println!("\n{}, {} turns, {} cores", clip.display(), settings.turns, cores.len());
    println!("{:>7} {:>5} {:>8} {:>8} {:>9} {:>9}", "workers", "cores", "wall s", "CPU s", "speed-up", "CPU / one");
    let wall = |runs: &[Run]| median(runs.iter().map(|run| run.wall_s));
    let cpu = |runs: &[Run]| median(runs.iter().map(|run| run.cpu_s));
    for (count, of_count) in settings.workers.iter().zip(&runs) {
        let walls: Vec<f64> = of_count.iter().map(|run| run.wall_s).collect();
        println!(
            "{count:>7} {:>5} {:8.2} {:8.2} {:9.3} {:9.3}   wall {}",
            (*count).min(cores.len()),
            wall(of_count),
            cpu(of_count),
            wall(&runs[0]) / wall(of_count),
            cpu(of_count) / cpu(&runs[0]),
            spread(&walls)
        );
    }
    let first = &runs[0][0].hashes;
    anyhow::ensure!(runs.iter().flatten().all(|run| run.hashes == *first), "not all runs made the same bytes");
    println!("all {} runs made the same {} segments", runs.iter().flatten().count(), first.len());
    Ok(())
}

/// Brings the clip anew and has it made by so many workers.
async fn make(platform: &Platform, db: &Db, clip: &Path, count: usize, cores: &[u32]) -> anyhow::Result<Run> {
    let told = platform.run(&["import", &clip.to_string_lossy(), "--owner", "bench", "--json"])?;
    let told: serde_json::Value = serde_json::from_str(told.trim())?;
    let id: VideoId = told["video_id"].as_str().context("import told no video")?.parse()?;
    let began = Instant::now();
    let workers: Vec<Worker> =
        (0..count).map(|n| platform.start_worker(n, cores[n % cores.len()])).collect::<anyhow::Result<_>>()?;
    let plan = loop {
        let plan = plans::current(db, id).await?.filter(|plan| plan.completed_at.is_some());
        if let Some(plan) = plan {
            break plan;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let wall_s = began.elapsed().as_secs_f64();
    let mut cpu_s = 0.0;
    for worker in workers {
        cpu_s += worker.stop()?;
    }
    let mut hashes = Vec::new();
    for (rendition, number) in segments::made_between(db, plan.key(), 0, u32::MAX).await? {
        let made = segments::segment(db, plan.key(), &rendition, number).await?.context("a segment that was there")?;
        hashes.push(format!("{rendition}/{number} {}", made.sha256));
    }
    Ok(Run { wall_s, cpu_s, hashes })
}

fn settings() -> anyhow::Result<Settings> {
    let mut settings = Settings { clip: None, turns: 3, workers: vec![1, 2, 4] };
    arguments::read("--clip FILE, --turns N, --workers 1,2,4", |name, value| {
        match name {
            "--clip" => settings.clip = Some(value()?.into()),
            "--turns" => settings.turns = arguments::turns(&value()?)?,
            "--workers" => {
                settings.workers = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                anyhow::ensure!(!settings.workers.is_empty() && !settings.workers.contains(&0), "--workers is 1,2,4");
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    anyhow::ensure!(
        Command::new("taskset").arg("--version").output().is_ok_and(|told| told.status.success()),
        "workers are bound to cores by taskset: install util-linux"
    );
    Ok(settings)
}
