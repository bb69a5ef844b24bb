//! A read replica of PostgreSQL, and the question whether it has come far enough for a reader.
//!
//! A *position* is a place in the primary's write-ahead log. Whoever wrote is given the position behind the write and brings
//! it along; the replica answers those alone whose position it has replayed. So it does not matter which process took the
//! write and which one is asked next. How far it is, and how far behind, is looked at a few times a second; away, no
//! replica at all, or too far behind, it answers nobody.

use std::{
    collections::VecDeque,
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Db, DbError, DbSettings};
use crate::error::ErrorKind;

/// A replica that is further behind answers nobody.
pub const MOST_BEHIND: Duration = Duration::from_secs(5);

const LOOK_EVERY: Duration = Duration::from_millis(250);
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
const NOT_USABLE: i64 = -1;

/// A place in the primary's write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

/// The text is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a position in a log")]
pub struct InvalidPosition;

/// The replica; cheap to clone.
#[derive(Debug, Clone)]
pub struct Replica {
    db: Db,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    replayed: AtomicU64,
    /// In milliseconds; [`NOT_USABLE`] while nobody may read there.
    behind_ms: AtomicI64,
}

impl Position {
    /// Behind everything: its bearer reads from the primary.
    pub const LATEST: Self = Self(u64::MAX);
}

impl fmt::Display for Position {
    /// As PostgreSQL writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xffff_ffff)
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let half = |text: &str| {
            let is_hex = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
            is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten().ok_or(InvalidPosition)
        };
        let (high, low) = text.split_once('/').ok_or(InvalidPosition)?;
        Ok(Self(half(high)? << 32 | half(low)?))
    }
}

impl Replica {
    /// Names the replica; it need not be there yet.
    ///
    /// # Errors
    /// [`DbError::Address`] where the address is none of PostgreSQL's.
    pub fn open(settings: &DbSettings) -> Result<Self, DbError> {
        let state = State { replayed: AtomicU64::new(0), behind_ms: AtomicI64::new(NOT_USABLE) };
        Ok(Self { db: Db::connect_later(settings)?, state: Arc::new(state) })
    }

    /// Where reads that may lag go.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whether someone who has seen `position` may read here now.
    pub fn serves(&self, position: Option<Position>) -> bool {
        self.behind().is_some() && position.is_none_or(|seen| seen.0 <= self.state.replayed.load(Ordering::Acquire))
    }

    /// How far it is behind; `None` while nobody may read here.
    pub fn behind(&self) -> Option<Duration> {
        u64::try_from(self.state.behind_ms.load(Ordering::Acquire)).ok().map(Duration::from_millis)
    }

    /// A read has failed: nobody reads here until it was looked at again.
    pub fn gave_no_answer(&self) {
        self.state.behind_ms.store(NOT_USABLE, Ordering::Release);
    }

    /// Looks how far it is, until `stop`.
    pub async fn watch(self, primary: Db, stop: CancellationToken) {
        let mut written: VecDeque<(Position, Instant)> = VecDeque::new();
        let mut was_usable = true;
        loop {
            let behind = match self.look(&primary, &mut written).await {
                Ok(behind) => behind,
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "the replica is not looked at");
                    None
                }
            };
            let usable = behind.filter(|behind| *behind <= MOST_BEHIND);
            let ms = usable.and_then(|behind| i64::try_from(behind.as_millis()).ok());
            self.state.behind_ms.store(ms.unwrap_or(NOT_USABLE), Ordering::Release);
            if was_usable != ms.is_some() {
                was_usable = ms.is_some();
                match was_usable {
                    true => tracing::info!("the read replica answers"),
                    false => tracing::warn!("the read replica is away or too far behind: the primary answers for it"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        self.db.close().await;
    }

    /// How far it is behind: the age of the oldest place that was seen on the primary and that it has not replayed.
    async fn look(
        &self,
        primary: &Db,
        written: &mut VecDeque<(Position, Instant)>,
    ) -> Result<Option<Duration>, DbError> {
        let now = Instant::now();
        let Some(end) = within(position(primary)).await? else { return Ok(None) };
        if written.back().is_none_or(|(last, _)| *last < end) {
            written.push_back((end, now));
        }
        let Some(replayed) = within(replayed(&self.db)).await? else { return Ok(None) };
        self.state.replayed.store(replayed.0, Ordering::Release);
        while written.front().is_some_and(|(place, _)| *place <= replayed) {
            written.pop_front();
        }
        // Nobody needs more than to know that it is too far.
        while written.len() > 1000 {
            written.remove(1);
        }
        Ok(Some(written.front().map_or(Duration::ZERO, |(_, seen_at)| now.duration_since(*seen_at))))
    }
}

/// The primary's place behind everything that is committed; `None` for SQLite, and for a server that is no primary.
pub async fn position(db: &Db) -> Result<Option<Position>, DbError> {
    const SQL: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_lsn()::text END";
    one(db, SQL).await
}

/// How far a replica has come; `None` for a server that is none.
async fn replayed(db: &Db) -> Result<Option<Position>, DbError> {
    const SQL: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END";
    one(db, SQL).await
}

async fn one(db: &Db, sql: &'static str) -> Result<Option<Position>, DbError> {
    let Db::Pg(pg) = db else { return Ok(None) };
    let (text,): (Option<String>,) = sqlx::query_as(sql).fetch_one(pg.pool()).await?;
    Ok(text.and_then(|text| text.parse().ok()))
}

async fn within<T>(read: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    match tokio::time::timeout(ANSWERS_WITHIN, read).await {
        Ok(answer) => answer,
        Err(_) => Err(DbError::Driver(sqlx::Error::PoolTimedOut)),
    }
}

/// Whether a read that failed on a replica is worth another try on the primary.
pub fn is_worth_the_primary(error: &DbError) -> bool {
    error.kind() == ErrorKind::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_written_as_postgresql_writes_them_and_sort_by_place() {
        let earlier: Position = "16/B374D848".parse().unwrap();
        assert_eq!(earlier.to_string(), "16/B374D848");
        let later: Position = "17/0".parse().unwrap();
        assert!(earlier < later && later < Position::LATEST);
        assert_eq!(Position::LATEST.to_string().parse(), Ok(Position::LATEST));
        for text in ["", "/", "16", "16/", "/1", "16/B374D8481", "g/0", "+1/0", "1/2/3", " 1/2"] {
            assert_eq!(text.parse::<Position>(), Err(InvalidPosition), "{text:?}");
        }
    }
}
