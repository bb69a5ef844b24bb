//! First error wins: how one stage's failure ends the others.

use std::sync::{Mutex, PoisonError};

use crate::error::{MediaError, MediaErrorCode};

/// A stage ends early: it failed, or a neighbour's end of a channel is gone. The reason is in [`Failure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// The first failure of a span.
#[derive(Debug, Default)]
pub struct Failure(Mutex<Option<MediaError>>);

impl Failure {
    /// Notes a failure, if it is the first.
    pub fn note(&self, error: impl Into<MediaError>) -> Stop {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| error.into());
        Stop
    }

    /// Whether anything failed.
    pub fn is_noted(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// What was noted, for one who ends alone.
    pub fn take(&self) -> Option<MediaError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The span's outcome. A stage that stopped without a reason given by anyone is a mistake of ours.
    pub fn outcome(self, all_went_well: bool) -> Result<(), MediaError> {
        match self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None if all_went_well => Ok(()),
            None => Err(MediaErrorCode::Internal.into()),
        }
    }
}
