//! Opening a database: SQLite with one writer and several readers, or PostgreSQL with a pool.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Notify;

use super::{
    DbError, library,
    schema_check::{self, check_schema},
};

/// A process that freezes, or whose host is gone, in the middle of a transaction holds the rows that it locked: nobody could
/// go on with its film. No transaction of ours says nothing for so long.
const END_OF_SILENT_TRANSACTIONS: &str = "SET idle_in_transaction_session_timeout = '3s'";

/// Who asks is told that the server is away, or has more to do than it can, while they still wait.
const ANSWER_WITHIN: Duration = Duration::from_secs(6);

/// Where the database is and how many connections it may have.
#[derive(Clone)]
pub struct DbSettings {
    /// `sqlite:///path/to/file.db` or `postgres://user:password@host/name`.
    pub url: String,
    /// Reading connections (SQLite), or all connections (PostgreSQL).
    pub connections: u32,
}

/// The address may hold a password.
impl std::fmt::Debug for DbSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DbSettings").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// A handle on the database; cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// The embedded one.
    Lite(Arc<Lite>),
    /// PostgreSQL.
    Pg(Arc<Pg>),
}

/// SQLite's two pools. One writer: a transaction that reads, then writes, never meets SQLITE_BUSY.
#[derive(Debug)]
pub struct Lite {
    writer: SqlitePool,
    readers: SqlitePool,
    events: Notify,
}

/// PostgreSQL's pool.
#[derive(Debug)]
pub struct Pg {
    pool: PgPool,
    events: Notify,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// [`DbError::Address`] where the address is not one of the two forms, [`DbError::Newer`] where the tables are too new
    /// for this binary, [`DbError::Migrate`] where a migration fails, [`DbError::Moved`] and [`DbError::Arriving`] where the
    /// library is elsewhere or not whole yet, [`DbError::Driver`] where the database is not there.
    pub async fn open(settings: &DbSettings) -> Result<Self, DbError> {
        let db = Self::open_unfinished(settings).await?;
        match library::arriving(&db).await? {
            None => Ok(db),
            Some(origin) => Err(DbError::Arriving(origin)),
        }
    }

    /// The same where a library may be arriving still: for whoever brings it.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_unfinished(settings: &DbSettings) -> Result<Self, DbError> {
        if settings.url.starts_with("sqlite:") {
            Self::open_lite(settings).await
        } else if settings.url.starts_with("postgres:") || settings.url.starts_with("postgresql:") {
            Self::open_pg(settings).await
        } else {
            Err(DbError::Address("it must begin with sqlite: or postgres:".to_owned()))
        }
    }

    async fn open_lite(settings: &DbSettings) -> Result<Self, DbError> {
        let options = SqliteConnectOptions::from_str(&settings.url)
            .map_err(|error| DbError::Address(error.to_string()))?
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("cache_size", "-4096");
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .auto_vacuum(SqliteAutoVacuum::Incremental);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(15))
            // SQLite rolls a transaction back by itself where the disk is full or fails; the driver does not see that, and
            // would refuse every other transaction on this connection. A new one takes its place.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(writing)
            .await?;
        let migrator = schema_check::bearing(sqlx::migrate!("../schema/sqlite"));
        {
            let mut connection = writer.acquire().await?;
            if let Some(place) = library::moved_before(&mut connection).await? {
                return Err(DbError::Moved(place));
            }
            check_schema!(
                connection,
                schema_check::newest(&migrator),
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
            );
        }
        migrator.run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(settings.connections.max(1))
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self::Lite(Arc::new(Lite { writer, readers, events: Notify::new() })))
    }

    /// Another PostgreSQL server with the same tables, read from when somebody does; it need not be there yet.
    pub(super) fn connect_later(settings: &DbSettings) -> Result<Self, DbError> {
        let options = PgConnectOptions::from_str(&settings.url)
            .map_err(|_| DbError::Address("it is not a PostgreSQL address".to_owned()))?;
        let pool = PgPoolOptions::new()
            .max_connections(settings.connections.max(2))
            .acquire_timeout(Duration::from_secs(2))
            .connect_lazy_with(options);
        Ok(Self::Pg(Arc::new(Pg { pool, events: Notify::new() })))
    }

    async fn open_pg(settings: &DbSettings) -> Result<Self, DbError> {
        let options = PgConnectOptions::from_str(&settings.url)
            .map_err(|_| DbError::Address("it is not a PostgreSQL address".to_owned()))?;
        let pool = PgPoolOptions::new()
            .max_connections(settings.connections.max(2))
            .acquire_timeout(ANSWER_WITHIN)
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(END_OF_SILENT_TRANSACTIONS).execute(connection).await.map(|_| ()) })
            })
            .connect_with(options)
            .await?;
        let migrator = schema_check::bearing(sqlx::migrate!("../schema/postgres"));
        {
            let mut connection = pool.acquire().await?;
            check_schema!(
                connection,
                schema_check::newest(&migrator),
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
            );
        }
        migrator.run(&pool).await?;
        Ok(Self::Pg(Arc::new(Pg { pool, events: Notify::new() })))
    }

    /// Whether the database answers now.
    pub async fn ping(&self) -> Result<(), DbError> {
        super::read!(self, pool => sqlx::query("SELECT 1").execute(pool).await?.rows_affected());
        Ok(())
    }

    /// Fired by every transaction of this process that wrote an event, after its commit.
    pub(crate) fn events(&self) -> &Notify {
        match self {
            Self::Lite(lite) => &lite.events,
            Self::Pg(pg) => &pg.events,
        }
    }

    /// Closes every connection; what was acknowledged stays.
    pub async fn close(&self) {
        match self {
            Self::Lite(lite) => {
                lite.readers.close().await;
                lite.writer.close().await;
            }
            Self::Pg(pg) => pg.pool.close().await,
        }
    }
}

impl Lite {
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// A transaction that takes the write lock at its start.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, DbError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

impl Pg {
    /// A transaction; each of its statements sees what is committed before it.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, DbError> {
        Ok(self.pool.begin().await?)
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }
}
