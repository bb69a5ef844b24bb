//! For several who feed the index at once: changes with a version of their own, and a place that is moved beside them.

use mutoscope_core::search::{SearchChange, SearchError};

use super::{ElasticSearch, bulk, place::Place};

/// The index that answers, and how far it has come, as it was when it was asked.
#[derive(Debug)]
pub struct Standing(Place);

impl Standing {
    /// Everything up to this place of the log has been taken in.
    pub fn position(&self) -> i64 {
        self.0.position
    }

    /// The index's own name: another one for each that was ever made.
    pub fn index(&self) -> String {
        self.0.generation.index()
    }
}

impl ElasticSearch {
    /// Which index answers now.
    ///
    /// # Errors
    /// As [`mutoscope_core::search::SearchBackend::position`].
    pub async fn standing(&self) -> Result<Standing, SearchError> {
        Ok(Standing(self.shared.place().await?))
    }

    /// Takes in changes, in any order and by any number of processes; the next search sees them.
    ///
    /// `log_end` is where the log ended before the rows behind the changes were read, and the version under which they are
    /// written: what was made from later rows stays. So whoever writes last after an event has written what the event told of.
    ///
    /// # Errors
    /// [`SearchError::Damaged`] where another index answers by now: ask which.
    pub async fn take_in(
        &self,
        standing: &Standing,
        changes: &[SearchChange],
        log_end: i64,
    ) -> Result<(), SearchError> {
        let target = standing.0.generation.writing();
        Ok(bulk::take_in(&self.shared.client, &target, changes, log_end).await?)
    }

    /// Moves the place of that index on, whatever answers by now.
    ///
    /// # Errors
    /// [`SearchError::Unavailable`] where somebody else moved it meanwhile.
    pub async fn move_on(&self, standing: &Standing, position: i64) -> Result<(), SearchError> {
        Ok(standing.0.move_on(&self.shared.client, position).await?)
    }
}
