//! Disks that are full: each is told of in words, and work goes on by itself once there is room.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{
    audit,
    column::Column,
    person::is_ready,
    platform::{Fleet, until},
    reference::reference,
    services::is_told,
};

const RECOVERS_WITHIN: Duration = Duration::from_secs(60);

/// A small disk of its own, gone when it drops.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// One of so many mebibytes; `None` where this process may not mount one.
    fn mount(folder: PathBuf, mebibytes: u32) -> Option<Self> {
        fs::create_dir_all(&folder).expect("a folder");
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "mutoscope-test"]).arg(&folder).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self { folder })
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut filler = fs::File::create(self.filler()).expect("a file");
        let piece = [7_u8; 4096];
        while filler.write_all(&piece).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).expect("the filler goes");
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a process of the test may still have a file open there.
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_of_and_work_goes_on_by_itself_once_there_is_room() {
    let reference = reference().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = |below: &str, mebibytes| Disk::mount(folder.path().join(below), mebibytes);
    let disks = (disk("objects", 24), disk("database", 4), disk("all/index", 2), disk("logs", 1));
    let (Some(objects), Some(database), Some(index), Some(logs)) = disks else {
        eprintln!("SKIP full disks: this process may not mount a tmpfs");
        return;
    };
    let mut fleet = Fleet::prepare_in(Column::Embedded, folder).await.expect("it needs no service");
    for role in fleet.roles() {
        fleet.add(role);
    }
    fleet.until_ready().await;
    let owner = fleet.visitor().register("edith").await;

    // A part.
    let upload = owner.begin("A film", &reference.film).await;
    objects.fill();
    let refused = owner.put_part(&upload, 1, &reference.film, reference.film.clone()).await.expect("an answer");
    assert_eq!(refused, StatusCode::INSUFFICIENT_STORAGE);
    objects.make_room();
    owner.put_part(&upload, 1, &reference.film, reference.film.clone()).await.expect("an answer");

    // Segments: the mezzanine is there, and nothing more fits.
    objects.fill();
    owner.bring(&upload, &reference.film).await;
    let log = || fs::read_to_string(log_of(&fleet)).unwrap_or_default();
    until("the worker hands a job back", async || log().contains("a job is handed back").then_some(())).await;
    objects.make_room();
    let since = Instant::now();
    owner.video_when(upload.video_id, is_ready).await;
    recovered("segments", since);

    // The database: what was written before may leave room for a few more changes.
    database.fill();
    let path = format!("/api/v1/videos/{}", upload.video_id);
    let changes = AtomicU64::new(0);
    let refused = until("a change is refused", async || {
        let text = format!("{} {}", changes.fetch_add(1, Ordering::Relaxed), "word ".repeat(900));
        let answer = owner.send(Method::PATCH, &path, Some(&json!({ "description": text }))).await.ok()?;
        (!answer.status.is_success()).then_some(answer)
    })
    .await;
    assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE, "{}", refused.text());
    is_told(&refused, &["storage_full"]);
    assert!(owner.get("/api/v1/videos").await.expect("an answer").status.is_success(), "reading goes on");
    database.make_room();
    let since = Instant::now();
    until("changes are written again", async || {
        let title = json!({ "title": "Found again" });
        owner.send(Method::PATCH, &path, Some(&title)).await.ok().filter(|answer| answer.status.is_success())
    })
    .await;
    recovered("the database", since);

    // The index.
    index.fill();
    let title = json!({ "title": "Praxinoscope" });
    assert!(owner.send(Method::PATCH, &path, Some(&title)).await.expect("an answer").status.is_success());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let found = async || {
        let answer = owner.get("/api/v1/search?q=praxinoscope").await.ok()?;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.json()["hits"].as_array().is_some_and(|hits| !hits.is_empty()).then_some(())
    };
    if found().await.is_some() {
        eprintln!("the index had room for one more change");
    }
    index.make_room();
    let since = Instant::now();
    until("the index follows", found).await;
    recovered("the index", since);

    // The log.
    logs.fill();
    for _ in 0..20 {
        assert!(owner.get("/api/v1/videos/nothing").await.expect("an answer").status.is_client_error());
        assert!(owner.get("/api/v1/videos").await.expect("an answer").status.is_success());
    }
    let length = log().len();
    logs.make_room();
    let since = Instant::now();
    until("the log goes on", async || {
        owner.get("/api/v1/search?q=").await.ok()?;
        // A restart of nobody: the same process writes again.
        (log().len() > length || !log_is_full(&logs.folder)).then_some(())
    })
    .await;
    recovered("the log", since);

    assert!(fleet.ended().is_none(), "nobody had to be started again");
    audit::nothing_is_half_published(&fleet, upload.video_id, reference).await;
    audit::it_plays(&fleet, &owner, upload.video_id).await;
    fleet.stop_all();
    fleet.remove().await;
}

fn recovered(what: &str, since: Instant) {
    let took = since.elapsed();
    eprintln!("{what}: as before {took:?} after there was room");
    assert!(took <= RECOVERS_WITHIN, "{what}: {took:?}");
}

fn log_of(fleet: &Fleet) -> PathBuf {
    fleet.processes[0].log_file()
}

fn log_is_full(folder: &Path) -> bool {
    let probe = folder.join("probe");
    let is_full = fs::write(&probe, [0; 4096]).is_err();
    let _ = fs::remove_file(probe);
    is_full
}
