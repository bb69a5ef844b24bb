//! `mutoscope import FILE...`: brings films from this machine into the platform, whether it runs or not.
//!
//! The bytes go straight into the storage, part by part, and the rows are those of any upload: a running platform finds
//! the work within a second, a stopped one when it starts.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use mutoscope_core::{
    account,
    db::{
        DbError,
        uploads::{self, Allowance, Completion, NewVideo, Promise, Promised, Refusal, Upload},
        users,
    },
    id::{UserId, VideoId},
    store::StoreError,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use super::exit::{Exit, LastWords};
use crate::{app::App, routes::uploads::part_size, routes::videos::fields, view};

/// What to bring, and whose it is going to be.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The films.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The user name of the account that they are going to belong to.
    #[arg(long, value_name = "NAME")]
    pub owner: String,
    /// Who may see them.
    #[arg(long, value_name = "P", value_enum, default_value_t = PrivacyArg::Private)]
    pub privacy: PrivacyArg,
    /// Print one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Who may see what is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PrivacyArg {
    /// Everyone; listed and searchable.
    Public,
    /// Whoever knows the address.
    Unlisted,
    /// The owner, and administrators.
    Private,
}

/// Why a file is not brought in.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("{0} can't be read: {1}")]
    File(String, #[source] std::io::Error),
    #[error("{0} is empty")]
    Empty(String),
    #[error("{0} changed while it was read; import it again")]
    Changed(String),
    #[error("{0} does not fit: {1} of {2} bytes of the owner's quota are taken; see mutoscope admin user quota")]
    OverQuota(String, i64, i64),
    #[error("{0} can't have this name: {1}")]
    Name(String, String),
    #[error("there is no account named {0}, or it is blocked")]
    NoOwner(String),
    #[error("the database does not answer as it should")]
    Database(#[from] DbError),
    #[error("the storage does not answer as it should")]
    Storage(#[from] StoreError),
}

/// Brings every file in, in order, and stops at the first that can't be.
///
/// # Errors
/// The last words, with the exit code that goes with them. What was brought in before stays.
pub async fn run(app: &App, args: &ImportArgs) -> Result<(), LastWords> {
    let owner = owner(app, &args.owner).await.map_err(last_words)?;
    for file in &args.files {
        let video_id = import(app, owner, args.privacy, file).await.map_err(last_words)?;
        if args.json {
            println!("{}", json!({ "event": "imported", "file": file, "video_id": video_id }));
        } else {
            println!("{} is video {video_id}", file.display());
        }
    }
    Ok(())
}

async fn owner(app: &App, name: &str) -> Result<UserId, ImportError> {
    let found = users::find_by_handle(&app.db, &account::login_key(name)).await?;
    let owner = found.filter(|owner| owner.blocked_at.is_none());
    owner.map(|owner| owner.id).ok_or_else(|| ImportError::NoOwner(name.to_owned()))
}

async fn import(app: &App, owner_id: UserId, privacy: PrivacyArg, path: &Path) -> Result<VideoId, ImportError> {
    let shown = path.display().to_string();
    let unreadable = |error| ImportError::File(shown.clone(), error);
    let mut file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let metadata = file.metadata().await.map_err(unreadable)?;
    if !metadata.is_file() {
        return Err(unreadable(std::io::Error::other("it is not a file")));
    }
    let size_bytes = i64::try_from(metadata.len()).unwrap_or(i64::MAX);
    if size_bytes == 0 {
        return Err(ImportError::Empty(shown));
    }
    let new = NewVideo {
        owner_id,
        file_name: named(path.file_name(), &shown, fields::file_name)?,
        title: named(path.file_stem(), &shown, fields::title)?,
        description: String::new(),
        tags: Vec::new(),
        privacy: view::Privacy::from(privacy).into(),
        size_bytes,
        part_size_bytes: part_size(size_bytes),
    };
    let upload = match uploads::create(&app.db, &new, allowance(app)).await? {
        Ok(upload) => upload,
        Err(Refusal::OverQuota { quota_bytes, used_bytes }) => {
            return Err(ImportError::OverQuota(shown, used_bytes, quota_bytes));
        }
        Err(Refusal::NoOwner | Refusal::TooManyOpen) => return Err(ImportError::NoOwner(owner_id.to_string())),
    };
    let brought = bring(app, &upload, &mut file, &shown).await;
    if brought.is_err() {
        // Nothing of it stays; where even that fails, the sweeper finds it after a day.
        uploads::abort(&app.db, upload.key()).await?;
    }
    brought
}

async fn bring(app: &App, upload: &Upload, file: &mut tokio::fs::File, shown: &str) -> Result<VideoId, ImportError> {
    let changed = || ImportError::Changed(shown.to_owned());
    let lies_still = app.config.uploads.abandoned_after;
    for number in 1..=upload.part_count {
        let length = upload.size_of_part(number).ok_or_else(changed)?;
        let bytes = read_part(file, length, shown).await?;
        let promise = Promise { number, sha256: hex::encode(Sha256::digest(&bytes)) };
        match uploads::promise(&app.db, upload, std::slice::from_ref(&promise), lies_still).await? {
            Promised::Stands { .. } => {}
            Promised::Closed | Promised::ChangedTooOften { .. } => return Err(changed()),
        }
        app.store.put(&upload.key_of_part(number, &promise.sha256), bytes).await?;
        if !uploads::set_stored(&app.db, upload.key(), &promise, lies_still).await? {
            return Err(changed());
        }
    }
    match uploads::complete(&app.db, upload.key()).await? {
        Completion::Done(video_id) => Ok(video_id),
        Completion::Missing(_) | Completion::Gone => Err(changed()),
    }
}

async fn read_part(file: &mut tokio::fs::File, length: i64, shown: &str) -> Result<Bytes, ImportError> {
    let length = usize::try_from(length).unwrap_or(0);
    let mut bytes = vec![0; length];
    match file.read_exact(&mut bytes).await {
        Ok(_) => Ok(bytes.into()),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(ImportError::Changed(shown.to_owned())),
        Err(error) => Err(ImportError::File(shown.to_owned(), error)),
    }
}

/// The owner's quota holds, as for every upload; how many may be unfinished does not.
fn allowance(app: &App) -> Allowance {
    Allowance {
        quota_bytes: i64::try_from(app.config.uploads.quota_bytes).unwrap_or(i64::MAX),
        max_open: i64::MAX,
        lies_still: app.config.uploads.abandoned_after,
    }
}

fn named(
    name: Option<&std::ffi::OsStr>,
    shown: &str,
    check: impl Fn(&str) -> crate::error::ApiResult<String>,
) -> Result<String, ImportError> {
    let name = name.map(|name| name.to_string_lossy()).unwrap_or_default();
    check(&name).map_err(|error| ImportError::Name(shown.to_owned(), error.detail().to_owned()))
}

fn last_words(error: ImportError) -> LastWords {
    let (code, exit) = match &error {
        ImportError::File(..) => ("film_unreadable", Exit::Refused),
        ImportError::Empty(_) => ("empty_file", Exit::Refused),
        ImportError::Changed(_) => ("film_changed", Exit::Refused),
        ImportError::OverQuota(..) => ("quota_exceeded", Exit::Refused),
        ImportError::Name(..) => ("invalid_field", Exit::Refused),
        ImportError::NoOwner(_) => ("no_such_user", Exit::Usage),
        ImportError::Database(source) if source.kind().is_retryable() => ("unavailable", Exit::Storage),
        ImportError::Storage(source) if source.kind().is_retryable() => ("unavailable", Exit::Storage),
        ImportError::Database(_) | ImportError::Storage(_) => ("internal", Exit::Internal),
    };
    LastWords { code: code.to_owned(), message: error.to_string(), exit }
}

impl From<PrivacyArg> for view::Privacy {
    fn from(privacy: PrivacyArg) -> Self {
        match privacy {
            PrivacyArg::Public => Self::Public,
            PrivacyArg::Unlisted => Self::Unlisted,
            PrivacyArg::Private => Self::Private,
        }
    }
}
