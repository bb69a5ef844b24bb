//! `admin backup` and `admin restore` on both columns: what comes back plays, segment for segment.

use mutoscope_core::{db::objects, store::StorageKey, testing::PostgresDatabase};

use super::place::{Place, play};
use crate::{bucket, whole_way::film};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_platform_is_restored_into_either_column_and_plays() {
    let first = Place::new();
    let server = first.start().await;
    let owner = server.visitor().register("edith").await;
    let bytes = film::make(first.folder(), 320, 180, 4);
    let id = owner.upload("reel.mp4", "The mutoscope", &bytes).await;
    owner.video_when(&id, |video| video["state"] == "ready" && !video["storyboard_url"].is_null()).await;
    let played = play(&server.visitor(), &id).await;
    let backups = tempfile::tempdir().unwrap();
    let one = backups.path().join("one");
    let one = one.to_str().unwrap();
    let made = first.event(&["admin", "backup", one]).await;
    assert_eq!(made["event"], "backed_up");
    assert!(made["objects"].as_u64().unwrap() > 10, "{made}");

    // Only what is new is brought by the next one; what is gone goes.
    let again = first.event(&["admin", "backup", one]).await;
    assert_eq!((&again["objects"], &again["copied"]), (&made["objects"], &0.into()));
    let second = owner.upload("again.mp4", "Once more", &bytes).await;
    owner.video_when(&second, |video| !video["hls_url"].is_null()).await;
    let more = first.event(&["admin", "backup", one]).await;
    assert!(more["copied"].as_u64().unwrap() > 0 && more["objects"].as_u64() > made["objects"].as_u64(), "{more}");
    owner.delete(&format!("videos/{second}")).await.expect(204);
    let last = first.event(&["admin", "backup", one]).await;
    assert_eq!(last["objects"], made["objects"]);
    assert!(!backups.path().join("one/objects/videos").join(&second).exists());
    server.stop().await;

    // Into a bucket, with PostgreSQL where there is one; from there into files again.
    let storage = bucket::Server::start("films").await;
    let database = PostgresDatabase::make().await;
    let mut many = Place::new();
    many.set_storage("", &storage.settings("restored"));
    match &database {
        Some(database) => many.set("DATABASE_URL", &database.url),
        None => eprintln!("SKIP the restore into PostgreSQL: no server was named"),
    }
    assert_eq!(many.event(&["admin", "restore", one]).await["event"], "restored");
    assert_eq!(many.refused(&["admin", "restore", one], 2).await["code"], "not_empty");
    let server = many.start().await;
    assert_eq!(play(&server.visitor(), &id).await, played);
    let two = backups.path().join("two");
    let two = two.to_str().unwrap();
    assert_eq!(many.event(&["admin", "backup", two]).await["objects"], made["objects"]);
    server.stop().await;

    // A backup that was damaged is told, and nothing starts on half of it.
    let files = Place::new();
    let key = first_segment(two).await;
    let path = backups.path().join("two/objects").join(key);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let words = files.refused(&["admin", "restore", two], 3).await;
    assert_eq!(words["code"], "objects_damaged");
    assert_eq!(files.refused(&["run", "--listen", "127.0.0.1:0"], 2).await["code"], "library_arriving");
    std::fs::write(&path, whole).unwrap();
    // An index of another library, and a copy of one: by their places in the log they know more than this one's events.
    let copied = files.data().join("objects/search/00001/snapshots/0000000000000000012-00.json");
    std::fs::create_dir_all(copied.parent().unwrap()).unwrap();
    std::fs::write(&copied, "{}").unwrap();
    let index = files.data().join("index");
    std::fs::create_dir_all(&index).unwrap();
    std::fs::write(index.join("of-another-library"), "").unwrap();
    files.event(&["admin", "restore", two]).await;
    assert!(!copied.exists() && !index.exists());
    let server = files.start().await;
    assert_eq!(play(&server.visitor(), &id).await, played);
    server.stop().await;
    if let Some(database) = database {
        database.remove().await;
    }
}

/// Where the first made segment of a backup lies.
async fn first_segment(folder: &str) -> String {
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{folder}/manifest.json")).unwrap()).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let rows = copy.path().join("rows.db");
    std::fs::copy(format!("{folder}/{}", manifest["database_file"].as_str().unwrap()), &rows).unwrap();
    let url = format!("sqlite://{}", rows.display());
    let db = mutoscope_core::db::Db::open(&mutoscope_core::db::DbSettings { url, connections: 2 }).await.unwrap();
    let (page, end) = objects::page(&db, &objects::Place::START, i64::MAX).await.unwrap();
    assert!(matches!(end, objects::Place::End));
    db.close().await;
    let segment = page.iter().find(|named| matches!(named.key, StorageKey::Segment { .. }));
    segment.expect("a segment").key.path().unwrap().to_string()
}
