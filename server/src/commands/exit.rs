//! How a command ends: exit codes that scripts rely on, and the last words on standard error.

use std::process::ExitCode;

use serde::Serialize;

/// The codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// A fault of ours.
    Internal,
    /// A flag, a setting or a folder that can't be used.
    Usage,
    /// The film can't be made.
    Refused,
    /// A disk or a service is not there.
    Storage,
    /// Ctrl-C.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Internal => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Storage => 4,
            Exit::Interrupted => 130,
        })
    }
}

/// Why a command failed, for a person or for a program.
#[derive(Debug, Clone, Serialize)]
pub struct LastWords {
    /// Stable, in snake case.
    pub code: String,
    /// A sentence.
    pub message: String,
    #[serde(skip)]
    pub exit: Exit,
}

impl LastWords {
    /// Says why on standard error, as JSON where the caller asked for that.
    pub fn say(&self, json: bool) -> ExitCode {
        match serde_json::to_string(self) {
            Ok(line) if json => eprintln!("{line}"),
            _ => eprintln!("error: {}", self.message),
        }
        self.exit.into()
    }
}
