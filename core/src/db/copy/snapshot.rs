//! One moment of a library, read table by table in the order of the keys.

use futures::{StreamExt, stream::BoxStream};
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use super::{
    Db, DbError, Row, Value,
    shape::{Kind, Kinds, Shape, Table},
    value::read_row,
};
use crate::db::library;

/// Reads what was committed when it was taken.
#[derive(Debug)]
pub enum Snapshot {
    /// Of an SQLite database.
    Lite(Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Pg(Transaction<'static, Postgres>),
}

impl Snapshot {
    /// Takes one beside running processes; nobody waits for it.
    pub async fn take(db: &Db) -> Result<Self, DbError> {
        Ok(match db {
            Db::Lite(lite) => {
                let mut transaction = lite.readers().begin().await?;
                // SQLite's snapshot begins with the first read.
                sqlx::query("SELECT name FROM sqlite_schema LIMIT 1").execute(&mut *transaction).await?;
                Self::Lite(transaction)
            }
            Db::Pg(pg) => {
                Self::Pg(pg.pool().begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// Takes one that nobody writes beside: until it ends, every write of any process on this SQLite database waits.
    pub async fn freeze(db: &Db) -> Result<Self, DbError> {
        match db {
            Db::Lite(lite) => Ok(Self::Lite(lite.begin().await?)),
            Db::Pg(_) => Err(DbError::Tables("only an SQLite database can be frozen".to_owned())),
        }
    }

    /// Ends a frozen snapshot: from now on nobody, not even a process that runs on it, writes to this library again. What
    /// tries to is told that it was moved to `place`.
    pub async fn leave_for(self, place: &str) -> Result<(), DbError> {
        match self {
            Self::Lite(transaction) => library::leave(transaction, place).await,
            Self::Pg(_) => Err(DbError::Tables("only an SQLite database can be left".to_owned())),
        }
    }

    pub(super) async fn kinds(&mut self) -> Result<Kinds, DbError> {
        match self {
            Self::Lite(transaction) => Kinds::of_lite(&mut *transaction).await,
            Self::Pg(transaction) => Kinds::of_pg(&mut *transaction).await,
        }
    }

    pub(super) async fn shape(&mut self) -> Result<Option<Shape>, DbError> {
        Ok(match self {
            Self::Lite(transaction) => Some(Shape::of_lite(&mut *transaction).await?),
            Self::Pg(_) => None,
        })
    }

    /// The rows of a table by its key.
    pub(super) fn rows(&mut self, table: &Table, kinds: &[Kind]) -> BoxStream<'_, Result<Row, DbError>> {
        let sql = AssertSqlSafe(select(table, kinds, matches!(self, Self::Pg(_))));
        let kinds = kinds.to_vec();
        match self {
            Self::Lite(transaction) => {
                sqlx::query(sql).fetch(&mut **transaction).map(move |row| read_row!(row?, kinds)).boxed()
            }
            Self::Pg(transaction) => {
                sqlx::query(sql).fetch(&mut **transaction).map(move |row| read_row!(row?, kinds)).boxed()
            }
        }
    }
}

/// The rows of a table by its key, as they are now.
pub(super) fn rows_of<'a>(db: &'a Db, table: &Table, kinds: &[Kind]) -> BoxStream<'a, Result<Row, DbError>> {
    let sql = AssertSqlSafe(select(table, kinds, matches!(db, Db::Pg(_))));
    let kinds = kinds.to_vec();
    match db {
        Db::Lite(lite) => sqlx::query(sql).fetch(lite.readers()).map(move |row| read_row!(row?, kinds)).boxed(),
        Db::Pg(pg) => sqlx::query(sql).fetch(pg.pool()).map(move |row| read_row!(row?, kinds)).boxed(),
    }
}

/// Text is sorted byte by byte, whatever the database's language.
fn select(table: &Table, kinds: &[Kind], is_pg: bool) -> String {
    let columns: Vec<String> = table.columns.iter().map(|column| format!("\"{column}\"")).collect();
    let key = table.key.iter().map(|at| match kinds[*at] {
        Kind::Text if is_pg => format!("{} COLLATE \"C\"", columns[*at]),
        _ => columns[*at].clone(),
    });
    let key: Vec<String> = key.collect();
    format!("SELECT {} FROM \"{}\" ORDER BY {}", columns.join(", "), table.name, key.join(", "))
}
