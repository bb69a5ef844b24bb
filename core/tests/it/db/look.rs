//! A look from outside: how far the tables are, and whether the server keeps its word.

use mutoscope_core::db::{
    Db, DbSettings,
    look::{self, Seen},
};

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made_and_one_that_is_tells_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let settings = DbSettings { url: format!("sqlite://{}", file.display()), connections: 1 };
    let seen = look::look(&settings).await.unwrap();
    assert!(seen.applied.is_empty() && !seen.known.is_empty() && seen.missing() == seen.known);
    assert!(!file.exists());
    Db::open(&settings).await.unwrap().close().await;
    let seen = look::look(&settings).await.unwrap();
    assert_eq!(seen.applied, seen.known);
    assert!(seen.missing().is_empty() && seen.unknown().is_empty());
    let newer = Seen { applied: vec![1, 9999], known: vec![1, 2], server: None };
    assert_eq!((newer.unknown(), newer.missing()), (vec![9999], vec![2]));
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_confirmed_is_seen() {
    let Ok(url) = std::env::var("MUTOSCOPE_TEST_POSTGRES_URL") else {
        eprintln!("SKIP on PostgreSQL: MUTOSCOPE_TEST_POSTGRES_URL names no server");
        return;
    };
    let seen = look::look(&DbSettings { url: url.clone(), connections: 1 }).await.unwrap();
    let server = seen.server.unwrap();
    assert!(server.version >= 150_000 && server.max_connections > 0);
    // The tests' own server lives for minutes: all three are off.
    assert_eq!(server.careless, ["fsync = off", "full_page_writes = off", "synchronous_commit = off"]);
    let wrong = look::look(&DbSettings { url: url.replace("mutoscope:", "mutoscope:not"), connections: 1 }).await;
    assert!(wrong.is_err(), "a wrong password");
}
