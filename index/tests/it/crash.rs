//! Crashes: a process that writes an index is killed at any moment; the next one finds a whole index and its place.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use mutoscope_core::{
    id::VideoId,
    search::{SearchBackend, SearchBatch, SearchChange, SearchDocument, SearchQuery},
    time::UnixMs,
};
use mutoscope_index::EmbeddedSearch;
use uuid::Uuid;

const FOLDER: &str = "MUTOSCOPE_TEST_CRASH_FOLDER";

/// Batch n brings one video, and takes away the one of ten batches before.
fn batch(n: i64) -> SearchBatch {
    let id = |n: i64| VideoId::from_uuid(Uuid::from_u128((n + 1000).unsigned_abs().into()));
    let document = SearchDocument {
        video_id: id(n),
        title: format!("Pendulum {n}"),
        description: "swings ".repeat(200),
        tags: Vec::new(),
        channel_name: String::new(),
        channel_handle: String::new(),
        published_at: UnixMs(0),
        views: 0,
    };
    SearchBatch {
        changes: vec![SearchChange::Upsert(document), SearchChange::Delete(id(n - 10))],
        after: n - 1,
        position: n,
    }
}

#[tokio::test]
#[ignore = "it is killed by the next test"]
async fn a_process_that_writes_for_ever() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let search = EmbeddedSearch::open(PathBuf::from(folder)).unwrap();
    let mut position = search.position().await.unwrap();
    loop {
        search.apply(batch(position + 1)).await.unwrap();
        position += 1;
        eprintln!("kept {position}");
    }
}

#[tokio::test]
async fn a_killed_writer_leaves_a_whole_index_and_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("search");
    let search = EmbeddedSearch::open(home.clone()).unwrap();
    search.rebuild().await.unwrap().finish(0).await.unwrap();
    drop(search);
    let pointer = std::fs::read(home.join("current")).unwrap();

    let mut written = 0;
    for round in 0..12_u64 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "crash::a_process_that_writes_for_ever"])
            .env(FOLDER, &home)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(writer.stderr.take().unwrap()).lines();
        let mut kept = None;
        for line in lines.by_ref().take(3) {
            kept = kept_position(&line.unwrap()).or(kept);
        }
        std::thread::sleep(Duration::from_micros(round * 1_700));
        writer.kill().unwrap();
        writer.wait().unwrap();
        for line in lines {
            kept = kept_position(&line.unwrap()).or(kept);
        }

        let search = EmbeddedSearch::open(home.clone()).unwrap();
        let health = search.health().await.unwrap();
        let kept = kept.expect("it wrote something");
        assert!(health.position >= kept && health.position <= kept + 1, "{health:?} after {kept}");
        assert!(health.position > written);
        written = health.position;
        assert_eq!(health.documents, u64::try_from(written.min(10)).unwrap());
        let query = SearchQuery { text: "pendulum".to_owned(), limit: 100, cursor: None };
        assert_eq!(search.search(query).await.unwrap().hits.len(), usize::try_from(written.min(10)).unwrap());
    }
    assert_eq!(std::fs::read(home.join("current")).unwrap(), pointer, "it was never rebuilt");
}

fn kept_position(line: &str) -> Option<i64> {
    line.strip_prefix("kept ")?.parse().ok()
}
