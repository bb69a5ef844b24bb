//! Copies all rows of a library into another database: `admin move`, `admin backup` and `admin restore`.
//!
//! Both sides of each table are walked side by side in the order of its key. What is equal stays, what differs is
//! written, what only the target has goes. So a copy that was cut goes on where it was by being run again, a second one
//! brings what changed since, and one that changes nothing has proved both sides equal.
//!
//! Tables and columns are read from the databases themselves: what a later migration adds is copied, too.

mod shape;
mod snapshot;
mod value;
mod walk;
mod write;

use futures::TryStreamExt;

use super::{Db, DbError};
use shape::{Kinds, Shape, Table};
pub use snapshot::Snapshot;
use value::{Row, Value};
use walk::{Difference, Walk};

/// What belongs to a place, not to the library in it: migrations, marks, the rights of running processes, how far a Kafka was
/// filled.
const NOT_COPIED: [&str; 4] = ["_sqlx_migrations", "library", "leases", "relay_marks"];

/// How many rows a copy changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// Written: new, or different before.
    pub written: u64,
    /// Gone from the source since the last copy.
    pub removed: u64,
    /// Looked at.
    pub rows: u64,
}

impl Changed {
    /// Whether both sides were equal already.
    pub fn is_nothing(&self) -> bool {
        self.written == 0 && self.removed == 0
    }
}

/// Makes `target` hold the rows of `source`, and no others. Written page by page: until it returns, `target` is no library.
///
/// # Errors
/// [`DbError::Tables`] where the two don't have the same tables.
pub async fn copy(source: &mut Snapshot, target: &Db) -> Result<Changed, DbError> {
    let (from, to) = (source.kinds().await?, Kinds::of(target).await?);
    let shape = match (source.shape().await?, Shape::of(target).await?) {
        (Some(shape), _) | (None, Some(shape)) => shape,
        (None, None) => return Err(DbError::Tables("one of the two must be SQLite".to_owned())),
    };
    shape.check(&from)?;
    shape.check(&to)?;
    let mut changed = Changed::default();
    // Rows that refer to others go first and come last.
    for table in shape.tables.iter().rev() {
        remove_surplus(source, target, table, (&from, &to), &mut changed).await?;
    }
    for table in &shape.tables {
        write_missing(source, target, table, (&from, &to), &mut changed).await?;
    }
    write::move_counters_on(target).await?;
    Ok(changed)
}

async fn remove_surplus(
    source: &mut Snapshot,
    target: &Db,
    table: &Table,
    (from, to): (&Kinds, &Kinds),
    changed: &mut Changed,
) -> Result<(), DbError> {
    let keys = table.keys_only();
    let mut batch = Vec::new();
    {
        let ours = source.rows(&keys, &from.of_columns(&keys)?);
        let theirs = snapshot::rows_of(target, &keys, &to.of_columns(&keys)?);
        let mut walk = Walk::new(ours, theirs, &keys.key);
        while let Some(difference) = walk.next().await? {
            if let Difference::Surplus(row) = difference {
                batch.push(row);
            }
            if batch.len() >= write::MOST_ROWS {
                changed.removed += write::remove(target, &keys, to, std::mem::take(&mut batch)).await?;
            }
        }
    }
    changed.removed += write::remove(target, &keys, to, batch).await?;
    Ok(())
}

async fn write_missing(
    source: &mut Snapshot,
    target: &Db,
    table: &Table,
    (from, to): (&Kinds, &Kinds),
    changed: &mut Changed,
) -> Result<(), DbError> {
    let mut batch = write::Batch::default();
    {
        let ours = source.rows(table, &from.of_columns(table)?);
        let theirs = snapshot::rows_of(target, table, &to.of_columns(table)?);
        let mut walk = Walk::new(ours, theirs, &table.key);
        while let Some(difference) = walk.next().await? {
            if let Difference::Missing(row) = difference {
                batch.push(row);
            }
            if batch.is_full() {
                changed.written += write::put(target, table, to, batch.take()).await?;
            }
        }
        changed.rows += walk.seen();
    }
    changed.written += write::put(target, table, to, batch.take()).await?;
    Ok(())
}
