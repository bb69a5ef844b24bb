//! How long a new replica of the search index takes to begin: from the database, and from a copy of another replica.
//!
//! `cargo bench -p mutoscope-benches --bench replica [-- VIDEOS...]`; without numbers 20,000 videos. Database (SQLite) and
//! storage are in folders here: over a network both take longer, the database, with its many small rows, the more.

#[path = "search/documents.rs"]
#[expect(dead_code, reason = "the bench of searches uses the rest")]
mod documents;

use std::time::{Duration, Instant};

use mutoscope_core::{
    db::{Db, DbSettings},
    search::SearchBackend,
    store::{MediaStore, StoreSettings},
    testing::{list_videos, make_user},
};
use mutoscope_index::{EmbeddedSearch, Snapshots, rebuild};

use documents::{Dice, document};

const ROUNDS: usize = 5;

fn main() -> anyhow::Result<()> {
    let mut sizes: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![20_000];
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for videos in sizes {
        runtime.block_on(measure(videos))?;
    }
    Ok(())
}

async fn measure(videos: u64) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}/bench.db", folder.path().display());
    let db = Db::open(&DbSettings { url, connections: 4 }).await?;
    let store = MediaStore::open(&StoreSettings::Folder(folder.path().join("objects")))?;
    let owner = make_user(&db, "ada").await;
    let mut dice = Dice(1);
    let made: Vec<_> = (0..videos).map(|_| document(&mut dice)).collect();
    list_videos(&db, owner, &made).await;

    let mut rebuilt = Vec::new();
    let mut restored = Vec::new();
    let first = EmbeddedSearch::open(folder.path().join("first"))?;
    rebuild(&db, &first, |_| ()).await?;
    let start = Instant::now();
    Snapshots::new(db.clone(), store.clone(), first).take().await?;
    let copied = start.elapsed();
    for round in 0..ROUNDS {
        let index = EmbeddedSearch::open(folder.path().join(format!("rebuilt-{round}")))?;
        let start = Instant::now();
        rebuild(&db, &index, |_| ()).await?;
        anyhow::ensure!(index.health().await?.documents == videos);
        rebuilt.push(start.elapsed());

        let index = EmbeddedSearch::open(folder.path().join(format!("restored-{round}")))?;
        let start = Instant::now();
        Snapshots::new(db.clone(), store.clone(), index.clone()).restore().await?;
        anyhow::ensure!(index.health().await?.documents == videos);
        restored.push(start.elapsed());
    }
    let (rebuilt, restored) = (median(rebuilt), median(restored));
    let ratio = rebuilt.as_secs_f64() / restored.as_secs_f64();
    println!("{videos} videos: copied in {copied:.2?}; a replica begins in {rebuilt:.2?} from the database,");
    println!("  in {restored:.2?} from the copy: {ratio:.1} times as quick (medians of {ROUNDS})");
    db.close().await;
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
