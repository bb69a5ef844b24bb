//! What can go wrong in the database, by kind.

use crate::error::ErrorKind;

/// An error of a repository method. Nothing of its transaction was kept.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A row with this name is there already; the constraint is named as in `schema/`.
    #[error("{constraint} is taken")]
    Taken {
        /// Table and column, as in `schema/` (`users_email_key`).
        constraint: String,
    },
    /// The row is not there, or not in the state that the call needs.
    #[error("{0} is not there")]
    NotFound(&'static str),
    /// The caller's lease was taken over or has ended; nothing was written.
    #[error("the lease is lost")]
    LeaseLost,
    /// What a row holds can't be read as what it must be.
    #[error("a stored {what} can't be read")]
    Corrupt {
        /// The column.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The address names no database that this binary knows.
    #[error("the database address is not usable: {0}")]
    Address(String),
    /// The tables are those of a newer binary, and don't bear this one.
    #[error(
        "the database was brought up to date by a newer mutoscope (schema {found}) and needs one that knows schema \
         {oldest} at least; this one knows {known}: start the newer version"
    )]
    Newer {
        /// The newest schema that this binary knows.
        known: i64,
        /// The database's.
        found: i64,
        /// The oldest whose binaries may work on it.
        oldest: i64,
    },
    /// The library went to another database.
    #[error("this library was moved to {0}: start mutoscope with that database (database.url), not with this one")]
    Moved(String),
    /// The library in the database is not whole yet.
    #[error(
        "the library in this database is not whole: it is still arriving from {0}; run the same `mutoscope admin move` or \
         `mutoscope admin restore` again to finish it"
    )]
    Arriving(String),
    /// Two databases that are to hold the same don't have the same tables.
    #[error("the rows can't be copied: {0}")]
    Tables(String),
    /// A migration failed.
    #[error("the database could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Everything else that the driver says.
    #[error("the database does not answer as it should")]
    Driver(#[source] sqlx::Error),
}

impl DbError {
    /// What a caller may do about it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Taken { .. } | Self::LeaseLost => ErrorKind::Conflict,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Address(_) | Self::Newer { .. } | Self::Arriving(_) | Self::Tables(_) => ErrorKind::Refused,
            // While a process still runs on it: the next one answers.
            Self::Moved(_) => ErrorKind::Unavailable,
            Self::Corrupt { .. } | Self::Migrate(_) => ErrorKind::Internal,
            Self::Driver(source) => driver_kind(source),
        }
    }
}

impl DbError {
    /// Whether the database ended a transaction so that another one could go on; nothing of it was kept, and run again it
    /// may well succeed.
    ///
    /// PostgreSQL, appendix A: 40001 serialization failure, 40P01 deadlock detected, 25P03 the transaction was silent for too
    /// long. SQLite: SQLITE_BUSY (5) and
    /// SQLITE_LOCKED (6) with their extended codes.
    pub(super) fn is_passing(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else {
            return false;
        };
        match error.code().as_deref() {
            Some("40001" | "40P01" | "25P03") => true,
            // A PostgreSQL code has five characters, and none of its numbers is as small.
            Some(code) => code.len() < 5 && code.parse::<i64>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
            None => false,
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(source: sqlx::Error) -> Self {
        match source.as_database_error() {
            Some(error) if error.is_unique_violation() => Self::Taken { constraint: constraint_name(error) },
            Some(error) => match super::library::place_in(error.message()) {
                Some(place) => Self::Moved(place.to_owned()),
                None => Self::Driver(source),
            },
            None => Self::Driver(source),
        }
    }
}

fn driver_kind(source: &sqlx::Error) -> ErrorKind {
    match source {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        // What a server or a proxy says that goes away in the middle of a greeting.
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => ErrorKind::Unavailable,
        sqlx::Error::RowNotFound => ErrorKind::NotFound,
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // PostgreSQL: 53100 disk full. SQLite: SQLITE_FULL (13).
            Some("53100" | "13") => ErrorKind::Full,
            // SQLite: SQLITE_BUSY (5), SQLITE_LOCKED (6), SQLITE_IOERR (10) and their extended codes.
            Some(code) if code.parse::<i64>().is_ok_and(|c| matches!(c & 0xff, 5 | 6 | 10)) => ErrorKind::Unavailable,
            // PostgreSQL, appendix A: class 08 connection, 40 rollback, 53 resources, 57P operator's intervention, 58
            // system error (a full disk, say), 25P03 a silent transaction.
            Some(code)
                if ["08", "25P03", "40", "53", "58"].iter().any(|class| code.starts_with(class))
                    || code.starts_with("57P") =>
            {
                ErrorKind::Unavailable
            }
            _ => ErrorKind::Internal,
        },
        _ => ErrorKind::Internal,
    }
}

/// PostgreSQL names the constraint; SQLite says `UNIQUE constraint failed: users.email_key`, which is the same name
/// once the dot is an underscore.
fn constraint_name(error: &dyn sqlx::error::DatabaseError) -> String {
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    let message = error.message();
    let columns = message.rsplit(": ").next().unwrap_or(message);
    let mut name = String::new();
    for (i, column) in columns.split(", ").enumerate() {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if i == 0 {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name
}
