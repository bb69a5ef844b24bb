//! The pauses between tries of those who feed an index.

use std::{error::Error, time::Duration};

use mutoscope_core::search::SearchError;
use tokio_util::sync::CancellationToken;

use crate::error::IndexError;

const FIRST: Duration = Duration::from_millis(200);
const LAST: Duration = Duration::from_secs(10);

/// Longer with every failure, short again after a success.
#[derive(Debug)]
pub struct Retry {
    pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { pause: FIRST }
    }
}

impl Retry {
    /// Takes a step, and waits where it failed; `false` once `stop` came. A step is dropped in its middle then.
    pub async fn attempt(
        &mut self,
        step: impl Future<Output = Result<(), IndexError>>,
        stop: &CancellationToken,
    ) -> bool {
        if stop.is_cancelled() {
            return false;
        }
        let step = tokio::select! {
            () = stop.cancelled() => return false,
            step = step => step,
        };
        self.after(step, stop).await;
        true
    }

    /// Says what went wrong in a step, and waits before the next one; at once back where nothing did.
    async fn after(&mut self, step: Result<(), IndexError>, stop: &CancellationToken) {
        let Err(error) = step else {
            self.pause = FIRST;
            return;
        };
        match &error {
            // Another process writes it; this one reads what that one commits.
            IndexError::Search(SearchError::Busy) => tracing::debug!("another process writes the search index"),
            _ => tracing::warn!(error = &error as &dyn Error, "the search index waits"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(self.pause) => {}
        }
        self.pause = (self.pause * 2).min(LAST);
    }
}
