//! Which databases this binary can work on: tables it brings up to date itself, and newer ones that still bear it.
//!
//! During a rolling upgrade old and new binaries share a database that the first new one has migrated. A migration that old
//! binaries can't bear says so: it raises `oldest_schema` in the table `library` to the first schema number whose binaries
//! can (see `docs/database.md`).

use sqlx::migrate::Migrator;

use super::DbError;

/// Migrations of both databases; one that is applied and unknown here is a newer binary's.
pub(super) fn bearing(mut migrator: Migrator) -> Migrator {
    migrator.set_ignore_missing(true);
    migrator
}

/// The newest schema that the migrations know.
pub(super) fn newest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// `check_schema!(connection, known, tables)`: refuses a database whose schema does not bear binaries that know no more than
/// `known`. `tables` lists the names of its tables.
macro_rules! check_schema {
    ($connection:expr, $known:expr, $tables:literal) => {{
        let tables: Vec<(String,)> = sqlx::query_as($tables).fetch_all(&mut *$connection).await?;
        let has = |name: &str| tables.iter().any(|(table,)| table == name);
        if has("_sqlx_migrations") && has("library") {
            let found: (i64,) = sqlx::query_as("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
                .fetch_one(&mut *$connection)
                .await?;
            let oldest: Option<(String,)> = sqlx::query_as("SELECT value FROM library WHERE name = 'oldest_schema'")
                .fetch_optional(&mut *$connection)
                .await?;
            $crate::db::schema_check::judge($known, found.0, oldest.map(|(value,)| value))?;
        }
    }};
}
pub(super) use check_schema;

pub(super) fn judge(known: i64, found: i64, oldest: Option<String>) -> Result<(), DbError> {
    // A mark that can't be read is one of a binary that knows better.
    let oldest = oldest.map_or(0, |oldest| oldest.parse().unwrap_or(i64::MAX));
    if known < found && known < oldest {
        return Err(DbError::Newer { known, found, oldest });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_borne_until_it_says_otherwise() {
        assert!(judge(3, 3, None).is_ok());
        assert!(judge(3, 2, Some("3".to_owned())).is_ok());
        assert!(judge(3, 9, None).is_ok());
        assert!(judge(3, 9, Some("3".to_owned())).is_ok());
        assert!(matches!(judge(3, 9, Some("4".to_owned())), Err(DbError::Newer { known: 3, found: 9, oldest: 4 })));
        assert!(judge(3, 9, Some("soon".to_owned())).is_err());
    }
}
