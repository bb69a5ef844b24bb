//! A look at a database that changes nothing: whether it is there, how far its tables are, and whether it keeps its word.

use std::str::FromStr;

use sqlx::{Connection as _, PgConnection, SqliteConnection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::{DbError, DbSettings};
use crate::time::UnixMs;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The versions of the tables that are there; none in a database that no platform has opened yet.
    pub applied: Vec<i64>,
    /// The versions that this program knows.
    pub known: Vec<i64>,
    /// PostgreSQL alone.
    pub server: Option<Server>,
}

/// What PostgreSQL says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// As 150018 for 15.18.
    pub version: i64,
    /// Its clock.
    pub now: UnixMs,
    /// Settings by which it may lose what it has confirmed, as they are set: `fsync`, `full_page_writes`,
    /// `synchronous_commit`.
    pub careless: Vec<String>,
    /// How many connections it takes.
    pub max_connections: i64,
}

impl Seen {
    /// Tables that a newer program has made.
    pub fn unknown(&self) -> Vec<i64> {
        self.applied.iter().copied().filter(|version| !self.known.contains(version)).collect()
    }

    /// Tables that are made when a program of this version starts.
    pub fn missing(&self) -> Vec<i64> {
        self.known.iter().copied().filter(|version| !self.applied.contains(version)).collect()
    }
}

/// Looks. A file of SQLite's that is not there is not made.
///
/// # Errors
/// [`DbError::Address`] for an address of no known form, [`DbError::Driver`] where the database does not answer.
pub async fn look(settings: &DbSettings) -> Result<Seen, DbError> {
    if settings.url.starts_with("sqlite:") { look_lite(settings).await } else { look_pg(settings).await }
}

async fn look_lite(settings: &DbSettings) -> Result<Seen, DbError> {
    const TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let options = SqliteConnectOptions::from_str(&settings.url).map_err(|error| DbError::Address(error.to_string()))?;
    let known = versions(&sqlx::migrate!("../schema/sqlite"));
    if !options.get_filename().exists() {
        return Ok(Seen { applied: Vec::new(), known, server: None });
    }
    let mut connection = SqliteConnection::connect_with(&options.read_only(true)).await?;
    let (tables,): (i64,) = sqlx::query_as(TABLES).fetch_one(&mut connection).await?;
    let applied: Vec<(i64,)> = match tables {
        0 => Vec::new(),
        _ => sqlx::query_as(APPLIED).fetch_all(&mut connection).await?,
    };
    connection.close().await?;
    Ok(Seen { applied: applied.into_iter().map(|(version,)| version).collect(), known, server: None })
}

async fn look_pg(settings: &DbSettings) -> Result<Seen, DbError> {
    const TABLES: &str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = '_sqlx_migrations'";
    const SERVER: &str = "SELECT CAST(current_setting('server_version_num') AS BIGINT), \
        CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), \
        CAST(current_setting('max_connections') AS BIGINT)";
    const CARELESS: &str = "SELECT name || ' = ' || setting FROM pg_settings WHERE setting = 'off' \
        AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";
    let options = PgConnectOptions::from_str(&settings.url)
        .map_err(|_| DbError::Address("it is not a PostgreSQL address".to_owned()))?;
    let mut connection = PgConnection::connect_with(&options).await?;
    let (tables,): (i64,) = sqlx::query_as(TABLES).fetch_one(&mut connection).await?;
    let applied: Vec<(i64,)> = match tables {
        0 => Vec::new(),
        _ => sqlx::query_as(APPLIED).fetch_all(&mut connection).await?,
    };
    let careless: Vec<(String,)> = sqlx::query_as(CARELESS).fetch_all(&mut connection).await?;
    let (version, now, max_connections): (i64, i64, i64) = sqlx::query_as(SERVER).fetch_one(&mut connection).await?;
    connection.close().await?;
    let careless = careless.into_iter().map(|(setting,)| setting).collect();
    Ok(Seen {
        applied: applied.into_iter().map(|(version,)| version).collect(),
        known: versions(&sqlx::migrate!("../schema/postgres")),
        server: Some(Server { version, now: UnixMs(now), careless, max_connections }),
    })
}

const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";

fn versions(migrator: &sqlx::migrate::Migrator) -> Vec<i64> {
    migrator.iter().map(|migration| migration.version).collect()
}
