//! What a check has found.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Good,
    /// There was nothing to look at.
    Skipped,
    /// It works, and will not always.
    Doubtful,
    /// Something does not work.
    Wrong,
}

/// One sentence about the deployment, and one about what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check.
    pub check: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: String,
    /// What to do; `None` where there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    pub(super) fn good(found: impl Into<String>) -> Self {
        Self { check: "", level: Level::Good, found: found.into(), advice: None }
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self { check: "", level: Level::Skipped, found: why.into(), advice: None }
    }

    pub(super) fn doubtful(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check: "", level: Level::Doubtful, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn wrong(found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check: "", level: Level::Wrong, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn of(self, check: &'static str) -> Self {
        Self { check, ..self }
    }
}
