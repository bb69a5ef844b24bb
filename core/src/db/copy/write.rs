//! Rows that the target lacks, or has too many: written in batches, each a transaction of its own.

use sqlx::{AssertSqlSafe, QueryBuilder};

use super::{
    Db, DbError, Row, Value,
    shape::{Kind, Kinds, Table},
    value::bind_value,
};
use crate::db::write;

/// Rows of one batch; with the widest table it stays below the 32,766 parameters that SQLite takes.
pub(super) const MOST_ROWS: usize = 500;

/// Bytes of one batch, about: a plan is long.
const MOST_BYTES: usize = 4 << 20;

/// Rows that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    rows: Vec<Row>,
    bytes: usize,
}

impl Batch {
    pub(super) fn push(&mut self, row: Row) {
        self.bytes += row.iter().map(Value::len).sum::<usize>();
        self.rows.push(row);
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= MOST_ROWS || self.bytes >= MOST_BYTES
    }

    pub(super) fn take(&mut self) -> Vec<Row> {
        self.bytes = 0;
        std::mem::take(&mut self.rows)
    }
}

/// Writes rows, over those with the same keys; returns how many.
pub(super) async fn put(db: &Db, table: &Table, kinds: &Kinds, rows: Vec<Row>) -> Result<u64, DbError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let kinds = kinds.of_columns(table)?;
    let quoted: Vec<String> = table.columns.iter().map(|column| format!("\"{column}\"")).collect();
    let own_key = key_of(db, table).await?;
    // PostgreSQL counts some keys itself, and takes given ones only where it is told to.
    let given = if matches!(db, Db::Pg(_)) { "OVERRIDING SYSTEM VALUE " } else { "" };
    let head = format!("INSERT INTO \"{}\" ({}) {given}", table.name, quoted.join(", "));
    let others: Vec<String> = (0..quoted.len())
        .filter(|at| !own_key.contains(&table.columns[*at]))
        .map(|at| format!("{0} = excluded.{0}", quoted[at]))
        .collect();
    let key: Vec<String> = own_key.iter().map(|column| format!("\"{column}\"")).collect();
    let tail = match others.is_empty() {
        true => format!(" ON CONFLICT ({}) DO NOTHING", key.join(", ")),
        false => format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), others.join(", ")),
    };
    write!(db, tx => {
        let mut query = QueryBuilder::new(head.as_str());
        query.push_values(&rows, |mut list, row| {
            for (kind, value) in kinds.iter().zip(row) {
                bind_value!(list, kind, value.clone());
            }
        });
        query.push(&tail);
        query.build().execute(&mut *tx).await?;
    });
    Ok(rows.len() as u64)
}

/// The columns of the target's own key: where films are spread over many servers it holds their video, too.
async fn key_of(db: &Db, table: &Table) -> Result<Vec<String>, DbError> {
    const SQL: &str = "SELECT a.attname::text FROM pg_index i \
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
        WHERE i.indisprimary AND i.indrelid = $1::regclass";
    let columns: Vec<String> = match db {
        Db::Lite(_) => table.key.iter().map(|at| table.columns[*at].clone()).collect(),
        Db::Pg(pg) => {
            let rows: Vec<(String,)> = sqlx::query_as(SQL).bind(&table.name).fetch_all(pg.pool()).await?;
            rows.into_iter().map(|(column,)| column).collect()
        }
    };
    if columns.iter().any(|column| !table.columns.contains(column)) || columns.is_empty() {
        return Err(DbError::Tables(format!("the key of {} is none of ours", table.name)));
    }
    Ok(columns)
}

/// Removes the rows with these keys; returns how many there were.
pub(super) async fn remove(db: &Db, keys: &Table, kinds: &Kinds, rows: Vec<Row>) -> Result<u64, DbError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let kinds = kinds.of_columns(keys)?;
    let quoted: Vec<String> = keys.columns.iter().map(|column| format!("\"{column}\"")).collect();
    let head = format!("DELETE FROM \"{}\" WHERE ({}) IN (", keys.name, quoted.join(", "));
    write!(db, tx => {
        let mut query = QueryBuilder::new(head.as_str());
        query.push_values(&rows, |mut list, row| {
            for (kind, value) in kinds.iter().zip(row) {
                bind_value!(list, kind, value.clone());
            }
        });
        query.push(")");
        query.build().execute(&mut *tx).await?;
    });
    Ok(rows.len() as u64)
}

/// Keys that PostgreSQL counts go on behind those that were given.
pub(super) async fn move_counters_on(db: &Db) -> Result<(), DbError> {
    const COUNTED: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
        WHERE table_schema = current_schema() AND is_identity = 'YES'";
    let Db::Pg(pg) = db else { return Ok(()) };
    let counted: Vec<(String, String)> = sqlx::query_as(COUNTED).fetch_all(pg.pool()).await?;
    for (table, column) in counted {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), \
             GREATEST((SELECT MAX(\"{column}\") FROM \"{table}\"), 1))"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(pg.pool()).await?;
    }
    Ok(())
}
