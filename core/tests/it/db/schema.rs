//! Old and new binaries on one database: a newer schema is borne as long as it says so.

use mutoscope_core::{
    db::{Db, DbError, DbSettings},
    testing::{PostgresDatabase, migrated_by_a_newer_binary, write_event},
};

#[tokio::test]
async fn a_newer_schema_is_borne_until_it_needs_newer_binaries() {
    let folder = tempfile::tempdir().unwrap();
    bears(format!("sqlite://{}/newer.db", folder.path().display())).await;
    match PostgresDatabase::make().await {
        Some(database) => {
            bears(database.url.clone()).await;
            database.remove().await;
        }
        None => eprintln!("SKIP on PostgreSQL: no server was named"),
    }
}

async fn bears(url: String) {
    let settings = DbSettings { url, connections: 2 };
    let db = Db::open(&settings).await.unwrap();
    // The first step of a change: a column that this binary does not know. It runs on.
    migrated_by_a_newer_binary(&db, 9000, None).await;
    write_event(&db).await;
    db.close().await;
    let db = Db::open(&settings).await.unwrap();
    write_event(&db).await;
    // The second step: what this binary needs may be gone.
    migrated_by_a_newer_binary(&db, 9001, Some(9000)).await;
    db.close().await;
    let Err(error) = Db::open(&settings).await else { panic!("it was opened") };
    assert!(matches!(error, DbError::Newer { found: 9001, oldest: 9000, .. }), "{error:?}");
    assert!(error.to_string().contains("start the newer version"), "{error}");
}
