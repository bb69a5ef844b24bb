//! What consumers of the embedded log could not take in.

use super::{Db, DbError, outbox, read, write};
use crate::{
    event::{DeadLetter, Event},
    id::EventId,
};

/// Keeps the letter; one that is there already stays as it is.
pub async fn bury(db: &Db, letter: &DeadLetter) -> Result<(), DbError> {
    const SQL: &str =
        "INSERT INTO dead_letters (id, body, buried_at_ms) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    let body = serde_json::to_string(letter).map_err(corrupt)?;
    write!(db, tx => {
        sqlx::query(SQL).bind(letter.id).bind(&body).bind(letter.occurred_at).execute(&mut *tx).await?;
    });
    Ok(())
}

/// All of them, the oldest first.
pub async fn list(db: &Db) -> Result<Vec<DeadLetter>, DbError> {
    let rows: Vec<(String,)> = read!(db, pool => {
        sqlx::query_as("SELECT body FROM dead_letters ORDER BY buried_at_ms, id").fetch_all(pool).await?
    });
    rows.iter().map(|(body,)| serde_json::from_str(body).map_err(corrupt)).collect()
}

/// Writes the letter's event into the log again, under a new id as the old row is still there, and forgets the letter, in
/// one transaction; `false` where somebody else did so.
pub async fn replay(db: &Db, letter: EventId, event: &Event) -> Result<bool, DbError> {
    let event = Event { id: EventId::new(), ..event.clone() };
    let replayed = write!(db, tx => {
        let gone = sqlx::query("DELETE FROM dead_letters WHERE id = $1")
            .bind(letter)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if gone == 0 {
            return Ok(false);
        }
        outbox::append_event!(tx, event);
        true
    });
    db.announce();
    Ok(replayed)
}

fn corrupt(source: serde_json::Error) -> DbError {
    DbError::Corrupt { what: "dead letter", source }
}
