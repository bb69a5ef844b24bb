//! The outbox: events written in the transaction that made them true, and their places in the log.

use super::{Db, DbError, leases::require_right, read, write};
use crate::{
    event::{self, Event, Unreadable},
    id::{EventId, VideoId},
    job::Lease,
};

/// Writes an event within the caller's transaction. The caller calls [`Db::announce`] after the commit.
macro_rules! append_event {
    ($tx:ident, $event:expr) => {{
        let event: &$crate::event::Event = &$event;
        let body =
            serde_json::to_string(event).map_err(|source| $crate::db::DbError::Corrupt { what: "event", source })?;
        let traceparent = $crate::trace::current().map(|parent| parent.to_string());
        sqlx::query($crate::db::outbox::INSERT)
            .bind(event.id)
            .bind(event.topic())
            .bind(event.video_id)
            .bind(body)
            .bind(event.occurred_at)
            .bind(traceparent)
            .execute(&mut *$tx)
            .await?;
    }};
}
pub(crate) use append_event;

pub(crate) const INSERT: &str = "INSERT INTO outbox (id, topic, video_id, body, occurred_at_ms, traceparent) \
    VALUES ($1, $2, $3, $4, $5, $6)";

/// An event with its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Positions grow without gaps and never come late: a cursor may pass over none.
    pub position: i64,
    /// Whom it is about.
    pub video_id: VideoId,
    /// What is there, where this build knows it: a newer one may have written it.
    pub event: Result<Event, Unreadable>,
}

/// An event as its row has it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Its place.
    pub position: i64,
    /// Its id.
    pub id: EventId,
    /// The topic it is published under.
    pub topic: String,
    /// Whom it is about.
    pub video_id: VideoId,
    /// As `schema/events` says.
    pub body: String,
    /// The trace of the work that wrote it.
    pub traceparent: Option<String>,
}

impl Db {
    /// Wakes the sequencer of this process; called after a commit that wrote an event.
    pub(crate) fn announce(&self) {
        self.events().notify_one();
    }

    /// Resolves when a transaction of this process has written an event since the last call.
    pub async fn announced(&self) {
        self.events().notified().await;
    }
}

/// Whether committed events wait for their places: a look without the write lock.
pub async fn has_unplaced(db: &Db) -> Result<bool, DbError> {
    let waiting: Option<(i64,)> = read!(db, pool => {
        sqlx::query_as("SELECT seq FROM outbox WHERE position IS NULL LIMIT 1")
            .fetch_optional(pool)
            .await?
    });
    Ok(waiting.is_some())
}

/// Gives places to events that are committed and have none, in the order of their insertion; returns how many.
///
/// `lease` is the sequencer's right; where it was lost meanwhile, nothing is written.
pub async fn place(db: &Db, right: &str, lease: Lease) -> Result<u64, DbError> {
    const UNPLACED: &str = "SELECT seq FROM outbox WHERE position IS NULL ORDER BY seq LIMIT 1000";
    const LAST: &str = "SELECT COALESCE(MAX(position), 0) FROM outbox";
    const PLACE: &str = "UPDATE outbox SET position = $2 WHERE seq = $1 AND position IS NULL";
    Ok(write!(db, tx => {
        require_right!(tx, right, lease);
        let unplaced: Vec<(i64,)> = sqlx::query_as(UNPLACED).fetch_all(&mut *tx).await?;
        let (last,): (i64,) = sqlx::query_as(LAST).fetch_one(&mut *tx).await?;
        let mut position = last;
        for (seq,) in &unplaced {
            position += 1;
            sqlx::query(PLACE).bind(seq).bind(position).execute(&mut *tx).await?;
        }
        unplaced.len() as u64
    }))
}

/// Up to `limit` events after `position`, in order.
pub async fn after(db: &Db, position: i64, limit: i64) -> Result<Vec<Placed>, DbError> {
    Ok(rows_after(db, position, limit).await?.into_iter().map(Placed::from).collect())
}

/// Up to `limit` rows after `position`, in order.
pub async fn rows_after(db: &Db, position: i64, limit: i64) -> Result<Vec<Row>, DbError> {
    const SQL: &str = "SELECT position, id, topic, video_id, body, traceparent FROM outbox WHERE position > $1 \
        ORDER BY position LIMIT $2";
    Ok(read!(db, pool => {
        sqlx::query_as(SQL).bind(position).bind(limit).fetch_all(pool).await?
    }))
}

impl From<Row> for Placed {
    fn from(row: Row) -> Self {
        let event = event::read(row.body.as_bytes());
        if let Err(unreadable) = &event {
            tracing::warn!(
                position = row.position,
                error = unreadable as &dyn std::error::Error,
                "an event can't be read"
            );
        }
        Self { position: row.position, video_id: row.video_id, event }
    }
}

/// The last place that was given; 0 while the log is empty.
pub async fn end(db: &Db) -> Result<i64, DbError> {
    let (position,): (i64,) = read!(db, pool => {
        sqlx::query_as("SELECT COALESCE(MAX(position), 0) FROM outbox").fetch_one(pool).await?
    });
    Ok(position)
}

/// Where `consumer` goes on reading; 0 for one that never read.
pub async fn cursor(db: &Db, consumer: &str) -> Result<i64, DbError> {
    let row: Option<(i64,)> = read!(db, pool => {
        sqlx::query_as("SELECT position FROM cursors WHERE consumer = $1")
            .bind(consumer)
            .fetch_optional(pool)
            .await?
    });
    Ok(row.map_or(0, |(position,)| position))
}

/// How far every consumer with a stored place has come, by its name.
pub async fn cursors(db: &Db) -> Result<Vec<(String, i64)>, DbError> {
    Ok(read!(db, pool => {
        sqlx::query_as("SELECT consumer, position FROM cursors ORDER BY consumer").fetch_all(pool).await?
    }))
}

/// Remembers that `consumer` has taken effect of everything up to `position`; never moves back.
pub async fn commit_cursor(db: &Db, consumer: &str, position: i64) -> Result<(), DbError> {
    const SQL: &str = "INSERT INTO cursors (consumer, position) VALUES ($1, $2) \
        ON CONFLICT (consumer) DO UPDATE SET position = excluded.position \
        WHERE cursors.position < excluded.position";
    write!(db, tx => {
        sqlx::query(SQL).bind(consumer).bind(position).execute(&mut *tx).await?;
    });
    Ok(())
}
