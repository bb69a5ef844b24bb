//! What PostgreSQL acknowledged survives when it is killed itself, at moments that a seed decides: fsync,
//! `synchronous_commit` and `full_page_writes` are on, as in operation.
//!
//! `MUTOSCOPE_KILLS` is how often (8 times where it is not set, 1,000 under `make soak`), `MUTOSCOPE_CRASH_SEED` another seed.

use std::{process::Stdio, time::Duration};

use mutoscope_core::{
    db::{Db, DbSettings},
    id::EventId,
    testing::{Cluster, ClusterSettings, missing_events, try_write_event},
};
use tokio::io::{AsyncBufReadExt, BufReader};

const DATABASE: &str = "MUTOSCOPE_TEST_WRITER_DATABASE";

/// Moments between two bounds, the same ones for the same seed (splitmix64).
struct Moments(u64);

impl Moments {
    fn next_ms(&mut self, most: u64) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Duration::from_millis((z ^ (z >> 31)) % most)
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A process that writes events and says the id of each once its commit has returned.
fn start_writer(url: &str) -> tokio::process::Child {
    tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "db::killed_postgres::a_writer_that_others_kill", "--ignored", "--nocapture"])
        .env(DATABASE, url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "the other tests start it as a process of its own, and kill it"]
async fn a_writer_that_others_kill() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let db = Db::open(&DbSettings { url, connections: 2 }).await.unwrap();
    loop {
        match try_write_event(&db).await {
            Ok(id) => println!("kept {id}"),
            // The database was killed; it comes back.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The ids that the writer said before PostgreSQL was killed, `after` its first commit, and until it was killed, too.
async fn acknowledged(cluster: &mut Cluster, mut writer: tokio::process::Child, after: Duration) -> Vec<EventId> {
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut ids = Vec::new();
    while ids.is_empty() {
        ids.extend(id_in(&lines.next_line().await.unwrap().expect("the writer writes")));
    }
    let deadline = tokio::time::Instant::now() + after;
    while let Ok(line) = tokio::time::timeout_at(deadline, lines.next_line()).await {
        ids.extend(id_in(&line.unwrap().expect("the writer writes")));
    }
    cluster.kill();
    writer.kill().await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        ids.extend(id_in(&line));
    }
    ids
}

fn id_in(line: &str) -> Option<EventId> {
    // The test's own name stands on the line of the first one.
    line.split("kept ").nth(1)?.trim().parse().ok()
}

#[tokio::test]
async fn what_postgresql_acknowledged_survives_every_kill_of_it() {
    let durable = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];
    let settings = ClusterSettings { settings: &durable, ..ClusterSettings::default() };
    let Some(mut cluster) = Cluster::start(settings).await else { return };
    let url = cluster.url("");
    let (kills, seed) = (number("MUTOSCOPE_KILLS", 8), number("MUTOSCOPE_CRASH_SEED", 5));
    eprintln!("{kills} kills by seed {seed}");
    let mut moments = Moments(seed);
    let mut kept = Vec::new();
    for _ in 0..kills {
        let writer = start_writer(&url);
        kept.extend(acknowledged(&mut cluster, writer, moments.next_ms(60)).await);
        cluster.restart().await;
    }
    let db = Db::open(&DbSettings { url, connections: 2 }).await.unwrap();
    assert_eq!(missing_events(&db, &kept).await, [], "of {} acknowledged", kept.len());
    assert!(kept.len() as u64 >= kills, "every writer wrote");
    db.close().await;
}
