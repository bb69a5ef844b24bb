//! What is wrong with the configuration, and where.

use std::{fmt, path::PathBuf};

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the file.
    File {
        /// As it was named.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The key, as in the file.
        key: String,
    },
    /// The file as a whole.
    WholeFile(PathBuf),
    /// In a variable.
    Variable(String),
    /// By a flag.
    Flag(&'static str),
    /// Between settings: no one place is at fault.
    Together,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub origin: Origin,
    /// What, and what to do; never a secret's value.
    pub message: String,
}

/// All faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Origin {
    /// The file from its top, then variables, then flags, then what has no place of its own.
    pub(super) fn order(&self) -> (u8, usize) {
        match self {
            Self::WholeFile(_) => (0, 0),
            Self::File { line, .. } => (0, *line),
            Self::Variable(_) => (1, 0),
            Self::Flag(_) => (2, 0),
            Self::Together => (3, 0),
        }
    }

    /// Whether `earlier` says that the line of this one could not be read.
    pub(super) fn is_on_broken_line(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::File { line, .. }, Self::File { line: broken, key, .. }) => line == broken && key.is_empty(),
            _ => false,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, key } if key.is_empty() => write!(f, "{}:{line}", path.display()),
            Self::File { path, line, key } => write!(f, "{}:{line}: {key}", path.display()),
            Self::WholeFile(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
            Self::Together => f.write_str("settings"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
