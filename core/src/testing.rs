//! What the other crates' tests share: a database of each kind, new and empty, per test.

use std::future::Future;

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};

use crate::db::{Db, DbSettings};

/// Names the private PostgreSQL that `make test` starts; its user may make databases.
const POSTGRES_URL: &str = "MUTOSCOPE_TEST_POSTGRES_URL";

/// Runs `test` on a new SQLite database, then on a new PostgreSQL one where a server was named.
///
/// Without a server the second run is skipped, and says so.
pub async fn on_both_databases<F, Fut>(test: F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}/test.db", folder.path().display());
    let db = Db::open(&DbSettings {
        url,
        connections: 4,
    })
    .await
    .expect("SQLite opens");
    test(db.clone()).await;
    db.close().await;

    match std::env::var(POSTGRES_URL) {
        Ok(server) => on_postgres(&server, &test).await,
        Err(_) => eprintln!("SKIP on PostgreSQL: {POSTGRES_URL} names no server"),
    }
}

async fn on_postgres<F, Fut>(server: &str, test: &F)
where
    F: Fn(Db) -> Fut,
    Fut: Future<Output = ()>,
{
    let options: PgConnectOptions = server.parse().expect("a PostgreSQL address");
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let mut admin = options.connect().await.expect("PostgreSQL answers");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .expect("a new database");
    let url = options.database(&name).to_url_lossy().to_string();
    let db = Db::open(&DbSettings {
        url,
        connections: 4,
    })
    .await
    .expect("PostgreSQL opens");
    test(db.clone()).await;
    db.close().await;
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "DROP DATABASE {name} WITH (FORCE)"
    )))
    .execute(&mut admin)
    .await
    .expect("the database goes");
    admin.close().await.expect("the connection closes");
}
