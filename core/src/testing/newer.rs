//! What a binary of a later version does to a database.

use crate::db::{Db, DbError, write};

/// Adds a column that nobody here knows and notes it as migration `version`; `oldest` is the schema that its binaries still
/// bear.
pub async fn migrated_by_a_newer_binary(db: &Db, version: i64, oldest: Option<i64>) {
    migrate(db, version, oldest).await.expect("the database is migrated");
}

async fn migrate(db: &Db, version: i64, oldest: Option<i64>) -> Result<(), DbError> {
    const NOTE: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES ($1, 'newer', TRUE, $2, 0)";
    const BEAR: &str = "INSERT INTO library (name, value, set_at_ms) VALUES ('oldest_schema', $1, 0)";
    write!(db, tx => {
        let column = format!("ALTER TABLE outbox ADD COLUMN newer_{version} TEXT");
        sqlx::query(sqlx::AssertSqlSafe(column)).execute(&mut *tx).await?;
        sqlx::query(NOTE).bind(version).bind(vec![0_u8; 48]).execute(&mut *tx).await?;
        if let Some(oldest) = oldest {
            sqlx::query(BEAR).bind(oldest.to_string()).execute(&mut *tx).await?;
        }
    });
    Ok(())
}
