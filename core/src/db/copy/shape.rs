//! Which tables there are, with which columns and keys, read from the databases' own catalogues.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{PgConnection, SqliteConnection};

use super::{Db, DbError, NOT_COPIED};

/// How a column's values are read and bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Boolean,
    Text,
    Bytes,
    /// PostgreSQL's `uuid`.
    Id,
}

/// A table, or the columns of it that are looked at.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<String>,
    /// Which of the columns make up the key.
    pub key: Vec<usize>,
}

/// A table's columns, and which place each of those in its key has there.
type Found = (Vec<String>, Vec<(i64, usize)>);

/// Tables in an order in which rows that are referred to come first. SQLite says it; PostgreSQL's are the same.
#[derive(Debug)]
pub(super) struct Shape {
    pub tables: Vec<Table>,
}

/// The kind of each column of one database, by table and name.
#[derive(Debug)]
pub(super) struct Kinds(BTreeMap<(String, String), Kind>);

impl Table {
    /// The same table with the columns of its key alone.
    pub(super) fn keys_only(&self) -> Self {
        Self {
            name: self.name.clone(),
            columns: self.key.iter().map(|at| self.columns[*at].clone()).collect(),
            key: (0..self.key.len()).collect(),
        }
    }
}

impl Shape {
    /// That of an SQLite database; `None` for PostgreSQL.
    pub(super) async fn of(db: &Db) -> Result<Option<Self>, DbError> {
        Ok(match db {
            Db::Lite(lite) => Some(Self::of_lite(&mut *lite.readers().acquire().await?).await?),
            Db::Pg(_) => None,
        })
    }

    pub(super) async fn of_lite(connection: &mut SqliteConnection) -> Result<Self, DbError> {
        const COLUMNS: &str = "SELECT m.name, c.name, c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite@_%' ESCAPE '@' ORDER BY m.name, c.cid";
        const REFERENCES: &str = "SELECT m.name, f.\"table\" FROM sqlite_schema m \
            JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
        let columns: Vec<(String, String, i64)> = sqlx::query_as(COLUMNS).fetch_all(&mut *connection).await?;
        let references: BTreeSet<(String, String)> =
            sqlx::query_as(REFERENCES).fetch_all(&mut *connection).await?.into_iter().collect();
        let mut tables: BTreeMap<String, Found> = BTreeMap::new();
        for (table, column, place_in_key) in columns {
            if NOT_COPIED.contains(&table.as_str()) {
                continue;
            }
            let (columns, key) = tables.entry(table).or_default();
            if place_in_key > 0 {
                key.push((place_in_key, columns.len()));
            }
            columns.push(column);
        }
        let mut found = Vec::new();
        for (name, (columns, mut key)) in tables {
            if key.is_empty() {
                return Err(DbError::Tables(format!("the table {name} has no key")));
            }
            key.sort_unstable();
            found.push(Table { name, columns, key: key.into_iter().map(|(_, at)| at).collect() });
        }
        Ok(Self { tables: referred_first(found, &references)? })
    }

    /// That a database has these tables and columns, and no others.
    pub(super) fn check(&self, kinds: &Kinds) -> Result<(), DbError> {
        let ours: BTreeSet<(&str, &str)> = self
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(|column| (table.name.as_str(), column.as_str())))
            .collect();
        let theirs: BTreeSet<(&str, &str)> =
            kinds.0.keys().map(|(table, column)| (table.as_str(), column.as_str())).collect();
        match ours.symmetric_difference(&theirs).next() {
            None => Ok(()),
            Some((table, column)) => Err(DbError::Tables(format!("one of the two has no {table}.{column}"))),
        }
    }
}

/// Those without open references first, then those that refer to them, and so on.
fn referred_first(mut left: Vec<Table>, references: &BTreeSet<(String, String)>) -> Result<Vec<Table>, DbError> {
    let mut ordered: Vec<Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_free = |table: &Table, left: &[Table]| {
            !references.iter().any(|(from, to)| {
                *from == table.name && *to != table.name && left.iter().any(|other| other.name == *to)
            })
        };
        let Some(at) = left.iter().position(|table| is_free(table, &left)) else {
            return Err(DbError::Tables(format!("{} refers to itself in a circle", left[0].name)));
        };
        ordered.push(left.remove(at));
    }
    Ok(ordered)
}

impl Kinds {
    pub(super) async fn of(db: &Db) -> Result<Self, DbError> {
        match db {
            Db::Lite(lite) => Self::of_lite(&mut *lite.readers().acquire().await?).await,
            Db::Pg(pg) => Self::of_pg(&mut *pg.pool().acquire().await?).await,
        }
    }

    pub(super) async fn of_lite(connection: &mut SqliteConnection) -> Result<Self, DbError> {
        const SQL: &str = "SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite@_%' ESCAPE '@'";
        Self::read(sqlx::query_as(SQL).fetch_all(connection).await?)
    }

    pub(super) async fn of_pg(connection: &mut PgConnection) -> Result<Self, DbError> {
        const SQL: &str = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL) \
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace \
            AND a.attnum > 0 AND NOT a.attisdropped";
        Self::read(sqlx::query_as(SQL).fetch_all(connection).await?)
    }

    fn read(columns: Vec<(String, String, String)>) -> Result<Self, DbError> {
        let mut kinds = BTreeMap::new();
        for (table, column, kind) in columns {
            if NOT_COPIED.contains(&table.as_str()) {
                continue;
            }
            let is_plain = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !is_plain(&table) || !is_plain(&column) {
                return Err(DbError::Tables(format!("{table:?}.{column:?} is none of ours")));
            }
            let kind = match kind.to_ascii_lowercase().as_str() {
                "integer" | "bigint" => Kind::Integer,
                "boolean" => Kind::Boolean,
                "text" => Kind::Text,
                "blob" | "bytea" => Kind::Bytes,
                "uuid" => Kind::Id,
                other => return Err(DbError::Tables(format!("{table}.{column} is of the unknown type {other}"))),
            };
            kinds.insert((table, column), kind);
        }
        Ok(Self(kinds))
    }

    /// Those of a table's columns, in their order.
    pub(super) fn of_columns(&self, table: &Table) -> Result<Vec<Kind>, DbError> {
        let kind_of = |column: &String| {
            let kind = self.0.get(&(table.name.clone(), column.clone())).copied();
            kind.ok_or_else(|| DbError::Tables(format!("there is no {}.{column}", table.name)))
        };
        table.columns.iter().map(kind_of).collect()
    }
}
