//! What was acknowledged is there, whenever whoever wrote it is killed.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use mutoscope_core::{
    db::{Db, DbSettings, leases, outbox},
    testing::{PostgresDatabase, write_event},
};

const URL: &str = "MUTOSCOPE_TEST_URL_TO_WRITE";

/// Not a test by itself: the writer that the next one kills. It says each row once its transaction is committed.
#[tokio::test]
#[ignore = "run by the test below, in a process of its own"]
async fn a_writer_that_is_to_be_killed() {
    let db = open(&std::env::var(URL).expect("an address")).await;
    loop {
        println!("written {}", write_event(&db).await.id);
    }
}

/// `MUTOSCOPE_KILLS=1000` kills as often, as `make soak` does.
#[tokio::test]
async fn acknowledged_rows_survive_every_kill() {
    let kills = std::env::var("MUTOSCOPE_KILLS").map_or(15, |text| text.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    survive(&format!("sqlite://{}/test.db", folder.path().display()), kills).await;
    if let Some(database) = PostgresDatabase::make().await {
        survive(&database.url, kills).await;
        database.remove().await;
    }
}

async fn survive(url: &str, kills: usize) {
    // Its tables are made before anyone is killed.
    let db = open(url).await;
    let mut acknowledged = BTreeSet::new();
    for kill in 0..kills {
        let mut writer = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "db::killed::a_writer_that_is_to_be_killed", "--ignored", "--nocapture"])
            .env(URL, url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the writer starts");
        let lines = BufReader::new(writer.stdout.take().expect("its words")).lines();
        let mut ids = lines.map_while(Result::ok).filter_map(|line| Some(line.split_once("written ")?.1.to_owned()));
        // Each time after another number of rows, and in the middle of the next one.
        acknowledged.extend(ids.by_ref().take(1 + kill % 13));
        writer.kill().expect("the writer is killed");
        writer.wait().expect("the writer is gone");
        // What it said before it died counts, too.
        acknowledged.extend(ids);
    }
    let there: BTreeSet<String> = every_event(&db).await;
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} rows are lost", lost.len(), acknowledged.len());
    assert!(acknowledged.len() >= kills, "every writer wrote");
    // A row may be there of which its writer could no longer tell.
    assert!(there.len() <= acknowledged.len() + kills);
    db.close().await;
}

async fn every_event(db: &Db) -> BTreeSet<String> {
    let lease = leases::hold(db, "t", "t", Duration::from_secs(60)).await.expect("an answer").expect("nobody holds it");
    while outbox::place(db, "t", lease).await.expect("an answer") > 0 {}
    let placed = outbox::after(db, 0, i64::MAX).await.expect("an answer");
    placed.into_iter().map(|placed| placed.event.expect("an event of ours").id.to_string()).collect()
}

async fn open(url: &str) -> Db {
    Db::open(&DbSettings { url: url.to_owned(), connections: 2 }).await.expect("the database opens")
}
