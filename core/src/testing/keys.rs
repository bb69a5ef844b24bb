//! Keys of PostgreSQL's tables as its catalogue has them, and how a database of many servers wants them.

use std::collections::BTreeMap;

use sqlx::PgPool;

use crate::db::{Db, DbError};

/// Steps of `schema/postgres/distributed` that a server without Citus can carry out.
const NARROW: [&str; 3] = [
    include_str!("../../../schema/postgres/distributed/1_indexes.sql"),
    include_str!("../../../schema/postgres/distributed/2_keys.sql"),
    include_str!("../../../schema/postgres/distributed/4_references.sql"),
];

/// The step that names which tables are spread, and by what.
const DISTRIBUTE: &str = include_str!("../../../schema/postgres/distributed/3_distribute.sql");

/// Where the rows of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lies {
    /// Each on the server of its value in this column.
    By(String),
    /// All on every server.
    Everywhere,
    /// All on one server.
    OnOne,
}

/// A table with its keys.
#[derive(Debug, Clone)]
pub struct TableKeys {
    /// Its name.
    pub name: String,
    /// Where its rows are.
    pub lies: Lies,
    /// The primary one first.
    pub keys: Vec<Vec<String>>,
    /// What its rows refer to.
    pub references: Vec<Reference>,
    /// Columns of a kind that rows can be spread by: a UUID that is never missing.
    spreadable: Vec<String>,
    triggers: i64,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct Reference {
    columns: Vec<String>,
    table: String,
    their_columns: Vec<String>,
}

/// Gives a PostgreSQL database the keys of one that is spread over many servers.
pub async fn narrow_keys(db: &Db) {
    let Db::Pg(pg) = db else { panic!("only PostgreSQL is spread") };
    for step in NARROW {
        for statement in statements(step) {
            sqlx::query(sqlx::AssertSqlSafe(statement.clone()))
                .execute(pg.pool())
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }
}

/// One by one, as psql sends them.
fn statements(script: &str) -> Vec<String> {
    let lines: Vec<&str> = script.lines().filter(|line| !line.starts_with("--")).collect();
    let statements = lines.join("\n");
    statements.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect()
}

/// Every table of ours: those that are spread first, in the order in which they are.
pub async fn table_keys(db: &Db) -> Vec<TableKeys> {
    let Db::Pg(pg) = db else { panic!("only PostgreSQL is spread") };
    read_catalogue(pg.pool()).await.expect("the catalogue can be read")
}

fn spread() -> Vec<(String, Lies)> {
    let named = |statement: String| {
        let words: Vec<String> = statement.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
        let lies = if statement.contains("create_distributed_table") {
            Lies::By(words[1].clone())
        } else {
            assert!(statement.contains("create_reference_table"), "{statement}");
            Lies::Everywhere
        };
        (words[0].clone(), lies)
    };
    statements(DISTRIBUTE).into_iter().map(named).collect()
}

async fn read_catalogue(pool: &PgPool) -> Result<Vec<TableKeys>, DbError> {
    const TABLES: &str = "SELECT c.relname::text, ARRAY(SELECT a.attname::text FROM pg_attribute a \
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND a.atttypid = 'uuid'::regtype), \
        (SELECT COUNT(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) \
        FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' \
        AND c.relname <> '_sqlx_migrations' ORDER BY c.relname";
    const KEYS: &str = "SELECT c.relname::text, ARRAY(SELECT a.attname::text \
            FROM unnest(i.indkey) WITH ORDINALITY k(number, place) \
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY k.place) \
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
        WHERE c.relnamespace = current_schema()::regnamespace AND i.indisunique AND i.indisvalid \
        ORDER BY c.relname, NOT i.indisprimary, i.indexrelid::regclass::text";
    const REFERENCES: &str = "SELECT f.conrelid::regclass::text, f.confrelid::regclass::text, \
        ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY k(number, place) \
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number ORDER BY k.place), \
        ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY k(number, place) \
            JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number ORDER BY k.place) \
        FROM pg_constraint f WHERE f.contype = 'f' AND f.connamespace = current_schema()::regnamespace \
        ORDER BY f.conname";
    let rows: Vec<(String, Vec<String>, i64)> = sqlx::query_as(TABLES).fetch_all(pool).await?;
    let keys: Vec<(String, Vec<String>)> = sqlx::query_as(KEYS).fetch_all(pool).await?;
    let references: Vec<(String, String, Vec<String>, Vec<String>)> =
        sqlx::query_as(REFERENCES).fetch_all(pool).await?;
    let spread = spread();
    let mut tables: BTreeMap<(usize, String), TableKeys> = BTreeMap::new();
    for (name, spreadable, triggers) in rows {
        let place = spread.iter().position(|(table, _)| *table == name);
        let lies = place.map_or(Lies::OnOne, |at| spread[at].1.clone());
        let keys = keys.iter().filter(|(table, _)| *table == name).map(|(_, columns)| columns.clone()).collect();
        let references = references.iter().filter(|(from, ..)| *from == name);
        let references = references
            .map(|(_, table, columns, theirs)| Reference {
                columns: columns.clone(),
                table: table.clone(),
                their_columns: theirs.clone(),
            })
            .collect();
        let table = TableKeys { name: name.clone(), lies, keys, references, spreadable, triggers };
        tables.insert((place.unwrap_or(spread.len()), name), table);
    }
    assert!(spread.iter().all(|(name, _)| tables.keys().any(|(_, table)| table == name)), "a table that is not there");
    Ok(tables.into_values().collect())
}

/// What a database of many servers would refuse of these tables: a key or a reference without the column that rows are
/// spread by, a reference to where the row can't be looked up, a trigger.
pub fn key_faults(tables: &[TableKeys]) -> Vec<String> {
    let mut faults = Vec::new();
    for table in tables {
        let name = &table.name;
        if let Lies::By(column) = &table.lies {
            if !table.spreadable.contains(column) {
                faults.push(format!("{name}.{column} can be missing"));
            }
            let without = table.keys.iter().filter(|key| !key.contains(column));
            faults.extend(without.map(|key| format!("{name}: the key ({}) has no {column}", key.join(", "))));
            if table.triggers > 0 {
                faults.push(format!("{name} has triggers"));
            }
        }
        for reference in &table.references {
            let theirs = tables.iter().find(|other| other.name == reference.table).map(|other| &other.lies);
            let holds = match (&table.lies, theirs) {
                (_, Some(Lies::Everywhere)) | (Lies::OnOne, Some(Lies::OnOne)) => true,
                (Lies::By(ours), Some(Lies::By(theirs))) => {
                    let mut pairs = reference.columns.iter().zip(&reference.their_columns);
                    pairs.any(|(our, their)| our == ours && their == theirs)
                }
                _ => false,
            };
            if !holds {
                faults.push(format!("{name} ({}) refers to {}", reference.columns.join(", "), reference.table));
            }
        }
    }
    faults
}

/// The tables as `docs/database.md` prints them.
pub fn keys_as_printed(tables: &[TableKeys]) -> String {
    let mut text = "| table | its rows lie | its keys | refers to |\n|---|---|---|---|\n".to_owned();
    for table in tables {
        let lies = match &table.lies {
            Lies::By(column) => format!("by `{column}`"),
            Lies::Everywhere => "on every server".to_owned(),
            Lies::OnOne => "on one server".to_owned(),
        };
        let keys: Vec<String> = table.keys.iter().map(|key| format!("`({})`", key.join(", "))).collect();
        let references = table.references.iter().map(|reference| match reference.columns.len() {
            1 => format!("`{}`", reference.table),
            _ => format!("`{}` by `({})`", reference.table, reference.columns.join(", ")),
        });
        let mut references: Vec<String> = references.collect();
        references.sort();
        references.dedup();
        text += &format!("| `{}` | {lies} | {} | {} |\n", table.name, keys.join(", "), references.join(", "));
    }
    text
}
