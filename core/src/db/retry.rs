//! A transaction that the database ended in favour of another one runs again, a few times at most.

use std::time::Duration;

use uuid::Uuid;

use super::DbError;

/// How often one transaction is run.
const MOST_TRIES: u32 = 6;
/// The longest first pause; it doubles with every try.
const FIRST_PAUSE_MS: u64 = 8;

/// Counts the runs of one transaction.
#[derive(Debug, Default)]
pub(crate) struct Tries(u32);

impl Tries {
    /// Resolves when the transaction may run again.
    ///
    /// # Errors
    /// The error itself, where another run would end the same way, or there were enough of them.
    pub(crate) async fn after(&mut self, error: DbError) -> Result<(), DbError> {
        self.0 += 1;
        if !error.is_passing() || self.0 >= MOST_TRIES {
            return Err(error);
        }
        tracing::debug!(tries = self.0, error = &error as &dyn std::error::Error, "a transaction runs again");
        tokio::time::sleep(pause(self.0)).await;
        Ok(())
    }
}

/// Of a length by chance, so that those who were in each other's way do not meet again.
fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE_MS << tries.min(10);
    let (_, chance) = Uuid::new_v4().as_u64_pair();
    Duration::from_millis(1 + chance % longest)
}
