//! How long a search takes and how much memory an open index has, by the number of videos in it.
//!
//! `cargo bench -p mutoscope-benches --bench search [-- VIDEOS...]`; without numbers 5, 10,000 and 100,000 videos.

#[path = "search/documents.rs"]
mod documents;

use std::time::{Duration, Instant};

use mutoscope_core::search::{SearchBackend, SearchBatch, SearchChange, SearchQuery};
use mutoscope_index::EmbeddedSearch;

use documents::{Dice, document};

const ROUNDS: usize = 300;

/// What somebody types.
type Typed = fn(&mut Dice) -> String;

fn main() -> anyhow::Result<()> {
    let mut sizes: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![5, 10_000, 100_000];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for videos in sizes {
        runtime.block_on(measure(videos))?;
    }
    Ok(())
}

async fn measure(videos: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let home = folder.path().join("search");
    let before = resident_kib()?;
    let builder = EmbeddedSearch::open(home.clone())?;
    let start = Instant::now();
    let mut made = builder.rebuild().await?;
    let mut dice = Dice(1);
    for _ in 0..videos.div_ceil(200) {
        made.add((0..200.min(videos)).map(|_| document(&mut dice)).collect()).await?;
    }
    made.finish(0).await?;
    let built = start.elapsed();
    drop(builder);
    let while_built = resident_kib()?;

    let start = Instant::now();
    let search = EmbeddedSearch::open(home.clone())?;
    search.position().await?;
    let opened = start.elapsed();
    println!("\n{videos} videos, {} KiB on disk", disk_kib(&home)?);
    println!("  built in {built:.1?}, opened and checked in {opened:.1?}, resident {} KiB", resident_kib()?);

    let kinds: [(&str, Typed); 6] = [
        ("two words", |dice| format!("{} {}", dice.word(), dice.word())),
        ("unfinished", |dice| dice.word().chars().take(4).collect()),
        ("one letter", |dice| dice.word().chars().take(1).collect()),
        ("two typos", |dice| format!("{} {}", misspelt(&dice.long_word()), misspelt(&dice.long_word()))),
        ("sixteen words", |dice| (0..16).map(|_| misspelt(&dice.long_word()) + " ").collect()),
        ("suggestion", |dice| dice.word().chars().take(5).collect()),
    ];
    for (name, make) in kinds {
        let mut times = Vec::with_capacity(ROUNDS);
        for _ in 0..ROUNDS {
            let text = make(&mut dice);
            let start = Instant::now();
            if name == "suggestion" {
                search.suggest(&text, 8).await?;
            } else {
                search.search(SearchQuery { text, limit: 24, cursor: None }).await?;
            }
            times.push(start.elapsed());
        }
        times.sort();
        let (median, late) = (times[ROUNDS / 2], times[ROUNDS * 99 / 100]);
        println!("  {name:14} p50 {median:>9.2?}  p99 {late:>9.2?}  resident {} KiB", resident_kib()?);
    }

    let mut times: Vec<Duration> = Vec::new();
    for position in 0..20 {
        let start = Instant::now();
        let changes = vec![SearchChange::Upsert(document(&mut dice))];
        search.apply(SearchBatch { changes, after: position, position: position + 1 }).await?;
        times.push(start.elapsed());
    }
    times.sort();
    println!("  a change is visible after p50 {:.1?}, at most {:.1?}", times[10], times[19]);
    drop(search);
    println!("  without a writer {} KiB", resident_kib()?);
    println!(
        "  resident {before} KiB before, {while_built} KiB after it was built, {} KiB now that it was written to",
        resident_kib()?
    );
    Ok(())
}

fn misspelt(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let last = letters.len() - 1;
    letters.swap(last - 1, last);
    letters.remove(1);
    letters.into_iter().collect()
}

fn resident_kib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.map(str::parse).transpose()?.unwrap_or(0))
}

fn disk_kib(folder: &std::path::Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { disk_kib(&entry.path())? * 1024 } else { found.len() };
    }
    Ok(bytes / 1024)
}
