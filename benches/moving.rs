//! How long those who write wait while `mutoscope admin move` takes an embedded library to PostgreSQL, by its size.
//!
//! `make bench-move [VIDEOS=100,1000]`. Each video has the rows of five minutes in six renditions; objects stay where they are, as
//! they are copied and compared before anybody waits. Both databases are on this machine.

use std::process::Command;

use anyhow::Context;
use mutoscope_benches::arguments;
use mutoscope_core::{
    db::{Db, DbSettings},
    id::VideoId,
    testing::{PostgresDatabase, add_segments, listed_video, make_user},
};

/// Of 75 places in time, in five renditions of pictures and one of sound.
const SEGMENTS_A_VIDEO: u32 = 450;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut sizes = vec![100, 1000];
    arguments::read("--videos 100,1000", |name, value| {
        if name == "--videos" {
            sizes = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
        }
        Ok(name == "--videos")
    })?;
    let binary = std::env::var("MUTOSCOPE_BINARY").context("MUTOSCOPE_BINARY is not set: use make bench-move")?;
    println!("{:>8} {:>12} {:>10} {:>12}", "videos", "segments", "all, s", "downtime, s");
    for videos in sizes {
        let segments = videos * u64::from(SEGMENTS_A_VIDEO);
        let (all_s, waited_s) = measure(&binary, videos).await?;
        println!("{videos:>8} {segments:>12} {all_s:>10.1} {waited_s:>12.2}");
    }
    Ok(())
}

/// Seconds that the command took, and of those the ones in which nobody could write.
async fn measure(binary: &str, videos: u64) -> anyhow::Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let from = format!("sqlite://{}/library.db", folder.path().display());
    let db = Db::open(&DbSettings { url: from.clone(), connections: 2 }).await?;
    let owner = make_user(&db, "ada").await;
    let mut ids: Vec<VideoId> = Vec::new();
    for number in 0..videos {
        ids.push(listed_video(&db, owner, &format!("Film {number}"), "A film that nobody made", &[]).await);
    }
    add_segments(&db, &ids, SEGMENTS_A_VIDEO).await;
    db.close().await;

    let to = PostgresDatabase::make().await.context("no PostgreSQL server was named: use make bench-move")?;
    let began = std::time::Instant::now();
    let told = Command::new(binary)
        .args(["admin", "move", "--json", "--data"])
        .arg(folder.path())
        .env("MUTOSCOPE_DATABASE_URL", from)
        .env("MUTOSCOPE_TO_DATABASE_URL", &to.url)
        .output()?;
    let all_s = began.elapsed().as_secs_f64();
    let words = String::from_utf8_lossy(&told.stdout);
    let moved = words.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let waited_ms = moved
        .filter_map(|event| event["downtime_ms"].as_u64())
        .next_back()
        .with_context(|| format!("the library was not moved: {words}{}", String::from_utf8_lossy(&told.stderr)))?;
    to.remove().await;
    Ok((all_s, waited_ms as f64 / 1_000.0))
}
