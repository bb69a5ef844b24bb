//! `admin move`: from SQLite and a folder to another database and a bucket, under writes, cut by kills.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use mutoscope_core::{
    db::{Db, DbSettings, copy, library},
    testing::PostgresDatabase,
};
use serde_json::{Value, json};

use super::place::{Place, play};
use crate::{
    bucket,
    whole_way::{client::Client, film},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_library_moves_under_writes_and_goes_on_where_kills_cut_it() {
    let first = Place::new();
    let server = first.start().await;
    let owner = server.visitor().register("edith").await;
    let bytes = film::make(first.folder(), 320, 180, 4);
    let id = owner.upload("reel.mp4", "The mutoscope", &bytes).await;
    owner.video_when(&id, |video| video["state"] == "ready" && !video["storyboard_url"].is_null()).await;
    let played = play(&server.visitor(), &id).await;
    server.stop().await;

    let storage = bucket::Server::start("films").await;
    let elsewhere = tempfile::tempdir().unwrap();
    let lite = format!("sqlite://{}", elsewhere.path().join("new.db").display());
    move_it(&first.copy(), &lite, &storage.settings("lite"), &id, &played).await;
    match PostgresDatabase::make().await {
        Some(database) => {
            move_it(&first, &database.url, &storage.settings("pg"), &id, &played).await;
            database.remove().await;
        }
        None => eprintln!("SKIP the move to PostgreSQL: no server was named"),
    }
}

async fn move_it(
    old: &Place,
    database: &str,
    storage: &mutoscope_core::store::StoreSettings,
    id: &str,
    played: &std::collections::BTreeMap<String, String>,
) {
    let mut old = old.copy();
    let mut server = old.start().await;
    let owner = sign_in(&server.visitor()).await;
    old.set("TO_DATABASE_URL", database);
    old.set_storage("TO_", storage);

    // A segment that is not what it was stops the move before anything is switched.
    let damaged = files(&old.data().join("objects")).into_iter().find(|path| path.ends_with("00000.m4s")).unwrap();
    let whole = std::fs::read(&damaged).unwrap();
    let mut altered = whole.clone();
    altered[100] ^= 1;
    std::fs::write(&damaged, &altered).unwrap();
    let words = old.refused(&["admin", "move"], 3).await;
    assert_eq!(words["code"], "objects_damaged");
    let told = words["message"].as_str().unwrap();
    assert!(told.contains("00000.m4s (altered; can be made again)"), "{told}");
    std::fs::write(&damaged, whole).unwrap();
    assert_eq!(retitle(&owner, id, "Still here").await, 200);

    // What is not whole yet does not start.
    let mut new = old.copy();
    new.set("DATABASE_URL", database);
    new.set_storage("", storage);
    assert_eq!(new.refused(&["run", "--listen", "127.0.0.1:0"], 2).await["code"], "library_arriving");

    let writes = Arc::new(Writes::default());
    let writing = tokio::spawn(Arc::clone(&writes).keep_writing(owner.clone(), id.to_owned()));
    for after_ms in [60, 110, 170, 240, 330, 450] {
        let mut command = old.command(&["admin", "move", "--json"]);
        let mut process = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(after_ms)).await;
        // It may have come to its end in time.
        let _ = process.kill();
        process.wait().unwrap();
    }
    let moved = old.event(&["admin", "move"]).await;
    assert_eq!(moved["event"], "moved");
    let again = old.event(&["admin", "move"]).await;
    assert_eq!((&again["database"], &again["storage"]), (&moved["database"], &moved["storage"]));

    // The old process ends by itself and does not start again.
    assert_eq!(server.end().await, Some(2));
    assert!(server.log().contains("library_moved"), "{}", server.log());
    writes.end.store(true, Ordering::SeqCst);
    writing.await.unwrap();
    assert_eq!(old.refused(&["run", "--listen", "127.0.0.1:0"], 2).await["code"], "library_moved");

    let server = new.start().await;
    assert_eq!(&play(&server.visitor(), id).await, played);
    let owner = sign_in(&server.visitor()).await;
    let video = owner.get(&format!("videos/{id}")).await.expect(200);
    let title = video["title"].as_str().unwrap();
    let kept: u64 = title.strip_prefix("Title ").unwrap().parse().unwrap();
    let acknowledged = writes.acknowledged.load(Ordering::SeqCst);
    assert!(acknowledged > 0);
    // The last write may have been kept without its answer having come through.
    assert!((acknowledged..=acknowledged + 1).contains(&kept), "{kept} is kept, {acknowledged} was acknowledged");
    assert_eq!(retitle(&owner, id, "A new place").await, 200);
    server.stop().await;
}

#[derive(Default)]
struct Writes {
    acknowledged: AtomicU64,
    end: AtomicBool,
}

impl Writes {
    async fn keep_writing(self: Arc<Self>, owner: Client, id: String) {
        for number in 1.. {
            if self.end.load(Ordering::SeqCst) {
                return;
            }
            let answer = owner.try_patch(&format!("videos/{id}"), json!({"title": format!("Title {number}")})).await;
            match answer {
                Some(200) => self.acknowledged.store(number, Ordering::SeqCst),
                Some(503) | None => return,
                Some(status) => panic!("a write was answered with {status}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn retitle(owner: &Client, id: &str, title: &str) -> u16 {
    owner.patch(&format!("videos/{id}"), json!({"title": title})).await.status.as_u16()
}

async fn sign_in(visitor: &Client) -> Client {
    let account = json!({"login": "edith", "password": "a long enough password"});
    let answer: Value = visitor.post("auth/login", account).await.expect(200);
    visitor.with_token(answer["access_token"].as_str().unwrap())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_was_killed_right_behind_the_switch_is_finished_by_the_same_command() {
    let mut old = Place::new();
    old.event(&["admin", "user", "create", "edith"]).await;
    let url = format!("sqlite://{}", old.folder().join("new.db").display());
    old.set("TO_DATABASE_URL", &url);
    let origin = format!("sqlite://{}", old.data().join("db/mutoscope.db").display());
    let open = async |url: &str| {
        let settings = DbSettings { url: url.to_owned(), connections: 2 };
        Db::open_unfinished(&settings).await.unwrap()
    };
    let (source, target) = (open(&origin).await, open(&url).await);
    library::arrive(&target, &origin).await.unwrap();
    let mut frozen = copy::Snapshot::freeze(&source).await.unwrap();
    copy::copy(&mut frozen, &target).await.unwrap();
    frozen.leave_for(&url).await.unwrap();
    source.close().await;
    target.close().await;

    let mut new = old.copy();
    new.set("DATABASE_URL", &url);
    assert_eq!(new.refused(&["admin", "invite"], 2).await["code"], "library_arriving");
    assert_eq!(old.event(&["admin", "move"]).await["event"], "moved");
    assert_eq!(new.event(&["admin", "user", "password", "edith"]).await["event"], "password_set");
    assert_eq!(old.refused(&["admin", "invite"], 2).await["code"], "library_moved");

    assert_eq!(old.event(&["admin", "move", "--undo"]).await["event"], "taken_back");
    assert_eq!(old.event(&["admin", "invite"]).await["event"], "invitation_made");
    assert_eq!(old.refused(&["admin", "move", "--undo"], 2).await["code"], "usage");
}
