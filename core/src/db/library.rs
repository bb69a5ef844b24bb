//! What is noted of a library as a whole: that it is still arriving, that it was moved, and which schema it needs.

use std::str::FromStr;

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction, sqlite::SqliteConnectOptions,
};

use super::{Db, DbError, DbSettings, read, write};
use crate::time::UnixMs;

/// A library that comes from elsewhere and is not whole yet; the value says where from.
const ARRIVING: &str = "arriving";

/// A library that went elsewhere; the value says where to.
const MOVED: &str = "moved";

/// Tables that a moved library may still write: the marks, and what sqlx notes of migrations.
const WRITABLE: &str = "'library', '_sqlx_migrations'";

/// Says that the library of `origin` begins to arrive in this database, or goes on arriving.
///
/// # Errors
/// [`DbError::Taken`] where there is a library already, or another one arrives.
pub async fn arrive(db: &Db, origin: &str) -> Result<(), DbError> {
    const NEW: &str = "INSERT INTO library (name, value, set_at_ms) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    const IN_USE: &str = "SELECT 1 WHERE EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM outbox)";
    let arriving = mark(db, ARRIVING).await?;
    write!(db, tx => {
        let in_use: Option<(i32,)> = sqlx::query_as(IN_USE).fetch_optional(&mut *tx).await?;
        let is_ours = arriving.as_deref() == Some(origin);
        if !is_ours && (in_use.is_some() || arriving.is_some()) {
            return Err(DbError::Taken { constraint: "the database that this library is to go to".to_owned() });
        }
        sqlx::query(NEW).bind(ARRIVING).bind(origin).bind(UnixMs::now()).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Says that the library is whole: work that processes of its old place had in hand is anybody's. `surplus` names prefixes
/// of objects that came with it and that nothing names any more.
pub async fn arrived(db: &Db, surplus: &[String]) -> Result<(), DbError> {
    const FREE: &str = "UPDATE jobs SET lease_until_ms = 0, lease_token = NULL \
        WHERE ended_at_ms IS NULL AND lease_token IS NOT NULL";
    let now = UnixMs::now();
    write!(db, tx => {
        sqlx::query(FREE).execute(&mut *tx).await?;
        for prefix in surplus {
            sqlx::query(super::garbage::THROW_AWAY).bind(prefix).bind(now).bind(now).execute(&mut *tx).await?;
        }
        sqlx::query("DELETE FROM library WHERE name = $1").bind(ARRIVING).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Where the library that is arriving here comes from; `None` for one that is whole.
pub async fn arriving(db: &Db) -> Result<Option<String>, DbError> {
    mark(db, ARRIVING).await
}

/// Where the library went; `None` for one that is here.
pub async fn moved(db: &Db) -> Result<Option<String>, DbError> {
    mark(db, MOVED).await
}

async fn mark(db: &Db, name: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = read!(db, pool => {
        sqlx::query_as("SELECT value FROM library WHERE name = $1").bind(name).fetch_optional(pool).await?
    });
    Ok(row.map(|(value,)| value))
}

/// The same before any migration: there may be no such table yet.
pub(super) async fn moved_before(connection: &mut SqliteConnection) -> Result<Option<String>, DbError> {
    let table: Option<(i64,)> =
        sqlx::query_as("SELECT 1 FROM sqlite_schema WHERE name = 'library'").fetch_optional(&mut *connection).await?;
    if table.is_none() {
        return Ok(None);
    }
    let row: Option<(String,)> =
        sqlx::query_as("SELECT value FROM library WHERE name = $1").bind(MOVED).fetch_optional(connection).await?;
    Ok(row.map(|(value,)| value))
}

/// Marks the library as moved to `place`, and has the database itself refuse every later write: a process that still runs
/// on it need not know of this.
pub(super) async fn leave(mut transaction: Transaction<'static, Sqlite>, place: &str) -> Result<(), DbError> {
    let tables = AssertSqlSafe(format!(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@' \
         AND name NOT IN ({WRITABLE})"
    ));
    let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut *transaction).await?;
    let message = refusal(place);
    for (table,) in &tables {
        for change in ["INSERT", "UPDATE", "DELETE"] {
            let sql = format!(
                "CREATE TRIGGER moved_{table}_{} BEFORE {change} ON \"{table}\" BEGIN SELECT RAISE(ABORT, '{message}'); END",
                change.to_ascii_lowercase()
            );
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *transaction).await?;
        }
    }
    sqlx::query("INSERT INTO library (name, value, set_at_ms) VALUES ($1, $2, $3)")
        .bind(MOVED)
        .bind(place)
        .bind(UnixMs::now())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

/// Makes a library that was moved usable again, as it was when it was left; `false` where it was not moved.
///
/// # Errors
/// [`DbError::Address`] where the address is none of SQLite's.
pub async fn take_back(settings: &DbSettings) -> Result<bool, DbError> {
    const TRIGGERS: &str = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'moved@_%' ESCAPE '@'";
    let options = SqliteConnectOptions::from_str(&settings.url)
        .map_err(|error| DbError::Address(error.to_string()))?
        .create_if_missing(false);
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if moved_before(&mut transaction).await?.is_none() {
        return Ok(false);
    }
    let triggers: Vec<(String,)> = sqlx::query_as(TRIGGERS).fetch_all(&mut *transaction).await?;
    for (trigger,) in triggers {
        sqlx::query(AssertSqlSafe(format!("DROP TRIGGER \"{trigger}\""))).execute(&mut *transaction).await?;
    }
    sqlx::query("DELETE FROM library WHERE name = $1").bind(MOVED).execute(&mut *transaction).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(true)
}

/// How the triggers begin what they say.
const REFUSAL: &str = "mutoscope moved this library to ";

/// Without the one sign that ends a text in SQL.
fn refusal(place: &str) -> String {
    format!("{REFUSAL}{}", place.replace('\'', ""))
}

/// The place that a refused write was told.
pub(super) fn place_in(message: &str) -> Option<&str> {
    message.split_once(REFUSAL).map(|(_, place)| place)
}
