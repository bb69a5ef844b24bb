//! The right to feed an index that several processes share: one of them has it at a time.

use std::{error::Error, time::Duration};

use mutoscope_core::db::{Db, DbError, leases};

const FEEDER: &str = "search-feeder";
/// How long another waits for one that died.
const LENGTH: Duration = Duration::from_secs(10);

/// This process's claim to the right.
#[derive(Debug)]
pub struct Right {
    owner: String,
}

impl Right {
    /// Under a name that nobody else has.
    pub fn new() -> Self {
        Self { owner: format!("search-{}", uuid::Uuid::new_v4().simple()) }
    }

    /// Takes the right, or keeps it; `false` where another has it.
    pub async fn hold(&self, db: &Db) -> Result<bool, DbError> {
        Ok(leases::hold(db, FEEDER, &self.owner, LENGTH).await?.is_some())
    }

    /// Gives it up, so that nobody waits for its end.
    pub async fn release(&self, db: &Db) {
        if let Err(error) = leases::release(db, FEEDER, &self.owner).await {
            tracing::debug!(error = &error as &dyn Error, "the right to feed the search index ends by itself");
        }
    }
}
