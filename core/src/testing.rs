//! What the other crates' tests share: a database of each kind, new and empty, per test.

mod before;
mod cluster;
pub mod crash_at;
mod deadlock;
mod film;
mod full;
mod keys;
mod leases;
mod listed;
mod newer;
mod postgres;

use std::{future::Future, time::Duration};

use crate::{
    db::{Db, DbError, DbSettings, outbox::append_event, read, uploads::Allowance, write},
    event::{Event, What},
    id::{EventId, UserId, VideoId},
};

pub use before::{OldFilm, old_library, rows_of_films, write_old_film};
pub use cluster::{Cluster, ClusterSettings, Stop};
pub use deadlock::deadlock;
pub use film::{age_jobs, end_pauses, expire_leases, film, forget_jobs};
pub use full::fill;
pub use keys::{Lies, TableKeys, key_faults, keys_as_printed, narrow_keys, table_keys};
pub use leases::{HeldJob, held_jobs, open_jobs, plan_again, segment_rows};
pub use listed::{add_segments, forget_cursor, forget_events, list_videos, listed_video};
pub use newer::migrated_by_a_newer_binary;
pub use postgres::PostgresDatabase;

/// Names the private PostgreSQL that `make test` starts; its user may make databases.
const POSTGRES_URL: &str = "MUTOSCOPE_TEST_POSTGRES_URL";

/// Where it is set, PostgreSQL's tables get the keys of a database of many servers first.
const MANY_SERVERS: &str = "MUTOSCOPE_TEST_KEYS_OF_MANY_SERVERS";

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
    let db = Db::open(&DbSettings { url, connections: 4 }).await.expect("SQLite opens");
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
    let database = PostgresDatabase::on(server).await;
    let db = Db::open(&DbSettings { url: database.url.clone(), connections: 4 }).await.expect("PostgreSQL opens");
    if std::env::var_os(MANY_SERVERS).is_some() {
        narrow_keys(&db).await;
    }
    test(db.clone()).await;
    db.close().await;
    database.remove().await;
}

/// Which of these events are not in the outbox.
pub async fn missing_events(db: &Db, ids: &[EventId]) -> Vec<EventId> {
    find_missing(db, ids).await.expect("the outbox can be read")
}

async fn find_missing(db: &Db, ids: &[EventId]) -> Result<Vec<EventId>, DbError> {
    let rows: Vec<(EventId,)> = read!(db, pool => sqlx::query_as("SELECT id FROM outbox").fetch_all(pool).await?);
    let there: std::collections::HashSet<EventId> = rows.into_iter().map(|(id,)| id).collect();
    Ok(ids.iter().copied().filter(|id| !there.contains(id)).collect())
}

/// The same, where the database may not answer.
///
/// # Errors
/// What the database says; then the event may be committed or not.
pub async fn try_write_event(db: &Db) -> Result<EventId, DbError> {
    let event = Event::new(VideoId::new(), What::VideoChanged);
    append(db, &event).await?;
    Ok(event.id)
}

/// Commits one event of a video that nothing else knows.
pub async fn write_event(db: &Db) -> Event {
    write_event_of(db, What::VideoChanged).await
}

/// Commits one event of this kind, of a video that nothing else knows.
pub async fn write_event_of(db: &Db, what: What) -> Event {
    let event = Event::new(VideoId::new(), what);
    append(db, &event).await.expect("the event is written");
    event
}

/// Commits a row of the videos' topic whose body is not ours.
pub async fn write_raw_event(db: &Db, body: &str) {
    insert_raw_event(db, body).await.expect("the row is written");
}

async fn insert_raw_event(db: &Db, body: &str) -> Result<(), DbError> {
    write!(db, tx => {
        sqlx::query(crate::db::outbox::INSERT)
            .bind(EventId::new())
            .bind(crate::event::VIDEOS_TOPIC)
            .bind(VideoId::new())
            .bind(body)
            .bind(crate::time::UnixMs::now())
            .bind::<Option<String>>(None)
            .execute(&mut *tx)
            .await?;
    });
    db.announce();
    Ok(())
}

/// Two open transactions: the first takes its place in the table early and commits late. `between` runs after the
/// second has committed and before the first has. Returns both ids, early one first; `None` where transactions can't
/// overlap.
pub async fn interleave_events<F>(db: &Db, between: F) -> Option<(EventId, EventId)>
where
    F: AsyncFnOnce(),
{
    let Db::Pg(pg) = db else { return None };
    let early = Event::new(VideoId::new(), What::VideoChanged);
    let late = Event::new(VideoId::new(), What::VideoChanged);
    interleave(pg.pool(), &early, &late, between).await.expect("both are written");
    Some((early.id, late.id))
}

async fn append(db: &Db, event: &Event) -> Result<(), DbError> {
    write!(db, tx => { append_event!(tx, *event) });
    db.announce();
    Ok(())
}

async fn interleave<F>(pool: &sqlx::PgPool, early: &Event, late: &Event, between: F) -> Result<(), DbError>
where
    F: AsyncFnOnce(),
{
    let mut first = pool.begin().await?;
    append_event!(first, *early);
    let mut second = pool.begin().await?;
    append_event!(second, *late);
    second.commit().await?;
    between().await;
    first.commit().await?;
    Ok(())
}

/// Uploads without a bound that a test could meet.
pub const BOUNDLESS: Allowance =
    Allowance { quota_bytes: i64::MAX / 4, max_open: i64::MAX / 4, lies_still: Duration::from_secs(24 * 3600) };

/// An account of this name, as plain as they come.
pub async fn make_user(db: &Db, username: &str) -> UserId {
    let id = UserId::new();
    insert_user(db, id, username).await.expect("the account is made");
    id
}

/// The same, where it may fail.
pub async fn try_to_make_user(db: &Db, username: &str) -> Result<UserId, DbError> {
    let id = UserId::new();
    insert_user(db, id, username).await?;
    Ok(id)
}

async fn insert_user(db: &Db, id: UserId, username: &str) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO users (id, username, username_key, email, email_key, display_name, password_hash, \
        role, created_at_ms, password_changed_at_ms) VALUES ($1, $2, $2, $3, $3, $2, '', 'member', 0, 0)";
    write!(db, tx => {
        sqlx::query(SQL)
            .bind(id)
            .bind(username)
            .bind(format!("{username}@example.org"))
            .execute(&mut *tx)
            .await?;
    });
    Ok(())
}
