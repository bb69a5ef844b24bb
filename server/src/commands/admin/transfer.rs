//! What `admin move`, `backup` and `restore` share: how they tell what they do, and how they fail.

use std::time::{Duration, Instant};

use mutoscope_core::{
    db::{DbError, DbSettings},
    error::ErrorKind,
    store::{StoreError, StoreSettings},
};
use serde_json::json;

use crate::{
    commands::{
        exit::{Exit, LastWords},
        platform::with_causes,
    },
    library::{Faulty, Outcome, TransferError},
};

/// Not more often, where nothing else has changed.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Names of damaged objects that are told; all of them are counted.
const MOST_NAMES: usize = 20;

/// Tells of the progress, one line a step.
#[derive(Debug)]
pub(super) struct Teller {
    json: bool,
    told_at: Option<Instant>,
}

impl Teller {
    pub(super) fn new(json: bool) -> Self {
        Self { json, told_at: None }
    }

    /// A step begins or has ended.
    pub(super) fn step(&self, step: &str, sentence: &str) {
        if self.json {
            println!("{}", json!({"event": "step", "step": step}));
        } else {
            eprintln!("{sentence}");
        }
    }

    /// How far the objects are.
    pub(super) fn objects(&mut self, outcome: &Outcome) {
        if self.told_at.is_some_and(|at| at.elapsed() < TELL_EVERY) {
            return;
        }
        self.told_at = Some(Instant::now());
        let (named, copied, bytes) = (outcome.named, outcome.copied, outcome.copied_bytes);
        if self.json {
            println!("{}", json!({"event": "progress", "objects": named, "copied": copied, "copied_bytes": bytes}));
        } else {
            eprintln!("{named} objects, {copied} of them copied now ({bytes} bytes)");
        }
    }
}

/// The last words of a copy that found objects which are not what they were; `more` says what follows from it.
pub(super) fn damaged(faulty: &[Faulty], more: &str) -> LastWords {
    let mut lines: Vec<String> = faulty.iter().take(MOST_NAMES).map(line).collect();
    if faulty.len() > MOST_NAMES {
        lines.push(format!("  and {} more", faulty.len() - MOST_NAMES));
    }
    let count = faulty.len();
    let noun = if count == 1 { "object is" } else { "objects are" };
    LastWords {
        code: "objects_damaged".to_owned(),
        message: format!("{count} {noun} not what they were in the storage; {more}\n{}", lines.join("\n")),
        exit: Exit::Refused,
    }
}

fn line(faulty: &Faulty) -> String {
    let what = if faulty.is_altered { "altered" } else { "missing" };
    let then = if faulty.is_original { "part of an original" } else { "can be made again" };
    format!("  {} ({what}; {then})", faulty.path)
}

impl From<TransferError> for LastWords {
    fn from(error: TransferError) -> Self {
        if let TransferError::Database(error) = error {
            return error.into();
        }
        let exit = match &error {
            TransferError::Storage(_, source) if source.kind() == ErrorKind::Refused => Exit::Usage,
            TransferError::Key(_) => Exit::Internal,
            _ => Exit::Storage,
        };
        Self { code: "copy_cut".to_owned(), message: with_causes(&error), exit }
    }
}

pub(super) fn storage(error: &StoreError) -> LastWords {
    LastWords { code: "storage_unavailable".to_owned(), message: with_causes(error), exit: Exit::Storage }
}

pub(super) fn file(what: &str, error: &std::io::Error) -> LastWords {
    LastWords { code: "file_unusable".to_owned(), message: format!("{what}: {error}"), exit: Exit::Storage }
}

pub(super) fn taken(error: DbError) -> LastWords {
    match error {
        DbError::Taken { .. } => LastWords {
            code: "not_empty".to_owned(),
            message: "there is a library in that database already; name an empty one".to_owned(),
            exit: Exit::Usage,
        },
        other => other.into(),
    }
}

/// A database as it may be shown: without its password.
pub(super) fn shown_database(settings: &DbSettings) -> String {
    match url::Url::parse(&settings.url) {
        Ok(mut url) if !settings.url.starts_with("sqlite:") => {
            // Fails only for addresses without a host, which hold no password.
            let _ = url.set_password(None);
            url.set_query(None);
            url.to_string()
        }
        _ => settings.url.clone(),
    }
}

/// A storage as its setting is written.
pub(super) fn shown_storage(settings: &StoreSettings) -> String {
    match settings {
        StoreSettings::Folder(path) => format!("file://{}", path.display()),
        StoreSettings::S3(s3) if s3.prefix.is_empty() => format!("s3://{}", s3.bucket),
        StoreSettings::S3(s3) => format!("s3://{}/{}", s3.bucket, s3.prefix),
    }
}
