//! `mutoscope import FILE...`: films of this machine into a platform, running or stopped.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bytes::Bytes;
use mutoscope_core::{
    account::login_key,
    db::{
        uploads::{self, Allowance, Completion, NewVideo, Promise, Promised, Refusal, Upload},
        users,
    },
    id::{UserId, VideoId},
    store::{StorageKey, StoreError},
    video::Privacy,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    exit::{Exit, LastWords},
    platform::{PlatformArgs, with_causes},
};
use crate::{app::App, routes::uploads::part_size};

/// Who is asked to clean up may have more under way than a browser.
const MOST_OPEN: i64 = 10_000;
const MAX_TITLE_CHARS: usize = 200;

/// Puts films into a platform, running or stopped. A running one begins to make them at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope import holiday.mov --owner ada
  mutoscope import /media/films/*.mkv --owner ada --privacy unlisted --data /srv/mutoscope")]
pub struct ImportArgs {
    /// The films.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Whose they are going to be: user name or e-mail address.
    #[arg(long, value_name = "NAME")]
    owner: String,
    /// Who may see them: public, unlisted or private.
    #[arg(long, value_name = "P", default_value = "private", value_parser = ["public", "unlisted", "private"])]
    privacy: String,
    #[command(flatten)]
    platform: PlatformArgs,
}

/// Runs the command.
pub async fn run(args: ImportArgs) -> ExitCode {
    match import_all(&args).await {
        Ok(()) => Exit::Done.into(),
        Err(words) => words.say(args.platform.json),
    }
}

async fn import_all(args: &ImportArgs) -> Result<(), LastWords> {
    let (app, _) = args.platform.open().await?;
    let owner = users::find_credentials(&app.db, &login_key(&args.owner)).await?;
    let Some(owner) = owner.map(|found| found.user) else {
        return Err(refused("not_found", format!("there is no account named {}", args.owner)));
    };
    let privacy = match args.privacy.as_str() {
        "public" => Privacy::Public,
        "unlisted" => Privacy::Unlisted,
        _ => Privacy::Private,
    };
    let mut failed = None;
    for path in &args.files {
        let import = import(&app, path, owner.id, privacy);
        let outcome = tokio::select! {
            outcome = import => outcome,
            _ = tokio::signal::ctrl_c() => {
                return Err(LastWords {
                    code: "cancelled".to_owned(),
                    message: "interrupted; what was brought of the current film goes with the next sweep".to_owned(),
                    exit: Exit::Interrupted,
                });
            }
        };
        match outcome {
            Ok(video_id) if args.platform.json => {
                println!("{}", json!({"event": "imported", "file": path.display().to_string(), "video_id": video_id}));
            }
            Ok(video_id) => println!("{}: video {video_id}", path.display()),
            Err(words) => {
                eprintln!("{}: {}", path.display(), words.message);
                failed = Some(words);
            }
        }
    }
    app.db.close().await;
    failed.map_or(Ok(()), Err)
}

async fn import(app: &App, path: &Path, owner_id: UserId, privacy: Privacy) -> Result<VideoId, LastWords> {
    let file = std::fs::File::open(path).map_err(unread)?;
    let meta = file.metadata().map_err(unread)?;
    if !meta.is_file() {
        return Err(refused("not_a_file", "this is not a file".to_owned()));
    }
    if meta.len() == 0 {
        return Err(refused("empty_file", "the file is empty".to_owned()));
    }
    if meta.len() > app.config.uploads.max_bytes {
        let most = app.config.uploads.max_bytes;
        return Err(refused("file_too_large", format!("a file may have at most {most} bytes here")));
    }
    let size_bytes = i64::try_from(meta.len()).map_err(|_| refused("file_too_large", "too large".to_owned()))?;
    let new = NewVideo {
        owner_id,
        file_name: name_of(path),
        title: title_of(path),
        description: String::new(),
        tags: Vec::new(),
        privacy,
        size_bytes,
        part_size_bytes: part_size(size_bytes),
    };
    let upload = uploads::create(&app.db, &new, allowance(app)).await?.map_err(not_allowed)?;
    match bring(app, &upload, file).await {
        Ok(()) => {}
        Err(words) => {
            uploads::abort(&app.db, upload.id).await?;
            return Err(words);
        }
    }
    match uploads::complete(&app.db, upload.id).await? {
        Completion::Done(video_id) => Ok(video_id),
        Completion::Missing(_) | Completion::Gone => {
            Err(refused("changed", "the file or the upload changed meanwhile; try again".to_owned()))
        }
    }
}

/// Stores every part, and promises it as an upload does.
async fn bring(app: &App, upload: &Upload, file: std::fs::File) -> Result<(), LastWords> {
    let lies_still = app.config.uploads.abandoned_after;
    let mut left = upload.size_bytes.unsigned_abs();
    let part_size = upload.part_size_bytes.unsigned_abs();
    let mut file = file;
    for number in 1..=upload.part_count {
        let size = left.min(part_size);
        left -= size;
        let read = tokio::task::spawn_blocking(move || read_part(file, size)).await;
        let (returned, bytes, sha256) = read.map_err(|error| internal(&error))?.map_err(unread)?;
        file = returned;
        let promise = Promise { number, sha256 };
        match uploads::promise(&app.db, upload, std::slice::from_ref(&promise), lies_still).await? {
            Promised::Stands { .. } => {}
            Promised::Closed | Promised::ChangedTooOften { .. } => {
                return Err(refused("changed", "the upload was ended by someone else".to_owned()));
            }
        }
        let key = StorageKey::UploadPart {
            video_id: upload.video_id,
            upload_id: upload.id,
            number,
            sha256: promise.sha256.clone(),
        };
        app.store.put(&key, bytes).await.map_err(not_stored)?;
        if !uploads::set_stored(&app.db, upload.id, &promise, lies_still).await? {
            return Err(refused("changed", "the upload was ended by someone else".to_owned()));
        }
    }
    Ok(())
}

fn read_part(mut file: std::fs::File, size: u64) -> std::io::Result<(std::fs::File, Bytes, String)> {
    let mut bytes = vec![0; usize::try_from(size).map_err(std::io::Error::other)?];
    file.read_exact(&mut bytes)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok((file, bytes.into(), sha256))
}

fn allowance(app: &App) -> Allowance {
    Allowance {
        quota_bytes: i64::try_from(app.config.uploads.quota_bytes).unwrap_or(i64::MAX),
        max_open: MOST_OPEN,
        lies_still: app.config.uploads.abandoned_after,
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect()
}

/// The name without its ending, its underscores as spaces.
fn title_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().replace('_', " ");
    let title: String = stem.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect();
    let title = title.trim();
    if title.is_empty() { "Untitled".to_owned() } else { title.to_owned() }
}

fn not_allowed(refusal: Refusal) -> LastWords {
    match refusal {
        Refusal::NoOwner => refused("owner_blocked", "the owner is blocked".to_owned()),
        Refusal::OverQuota { quota_bytes, used_bytes } => refused(
            "quota_exceeded",
            format!("{used_bytes} of the owner's {quota_bytes} bytes are taken; raise it with admin user quota"),
        ),
        Refusal::TooManyOpen => refused("too_many_uploads", "the owner has too many unfinished uploads".to_owned()),
    }
}

fn unread(error: std::io::Error) -> LastWords {
    refused("film_unreadable", format!("the file can't be read: {error}"))
}

fn not_stored(error: StoreError) -> LastWords {
    LastWords { code: "storage_unavailable".to_owned(), message: with_causes(&error), exit: Exit::Storage }
}

fn refused(code: &str, message: String) -> LastWords {
    LastWords { code: code.to_owned(), message, exit: Exit::Refused }
}

fn internal(error: &dyn std::error::Error) -> LastWords {
    LastWords { code: "internal".to_owned(), message: with_causes(error), exit: Exit::Internal }
}
