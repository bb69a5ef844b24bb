//! `mutoscope admin restore`: a backup into an empty place, be it SQLite and a folder or PostgreSQL and a bucket.

use std::path::PathBuf;

use mutoscope_core::{
    db::{Db, copy, library},
    store::{MediaStore, StorageKey, StoreSettings},
};
use serde_json::json;

use super::{
    Done,
    backup::{self, Manifest},
    transfer,
};
use crate::{
    commands::{
        exit::{Exit, LastWords},
        platform::{PlatformArgs, start_log},
    },
    config::{Config, DataFolder, LogSettings},
    library::{Journal, ObjectCopy},
    search_index::SearchIndex,
};

/// Brings a backup into an empty place: the database and the storage that are configured. Cut at any moment, the same command
/// goes on where it was; until it is done nothing starts on that place.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope admin restore /backup/films --data /srv/mutoscope
  mutoscope admin restore /backup/films --config many.toml      into PostgreSQL and a bucket, as the file says")]
pub struct RestoreArgs {
    #[command(flatten)]
    pub platform: PlatformArgs,
    /// What admin backup made.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Go on without objects that are not what they were. What can be made again will be, originals are lost
    #[arg(long)]
    skip_damaged: bool,
}

pub(super) async fn run(args: &RestoreArgs) -> Result<Done, LastWords> {
    let config = args.platform.place.settings(Vec::new())?;
    start_log(&LogSettings { level: "warn".to_owned(), ..config.log.clone() });
    let manifest = read_manifest(args).await?;
    DataFolder::prepare(&config)?;
    let _lock = DataFolder::lock(&config.data)?;
    let mut teller = transfer::Teller::new(args.platform.json);

    let new = Db::open_unfinished(&config.database).await?;
    let origin = format!("the backup {} of {}", &manifest.database_sha256[..16], manifest.made_at);
    library::arrive(&new, &origin).await.map_err(transfer::taken)?;
    let new_store = MediaStore::open(&config.storage).map_err(|error| transfer::storage(&error))?;
    let old_store = MediaStore::open(&StoreSettings::Folder(args.folder.join("objects")))
        .map_err(|error| transfer::storage(&error))?;

    // A copy of the backup's database is opened, and brought up to date where it is older: the backup stays as it is.
    teller.step("rows", "restoring the rows");
    let rows_file = config.data.join("restore.db");
    backup::remove_database(&rows_file)?;
    tokio::fs::copy(args.folder.join(&manifest.database_file), &rows_file)
        .await
        .map_err(|error| transfer::file("the backup's rows can't be copied", &error))?;
    let rows = backup::open_file(&rows_file).await?;
    let mut is_equal = false;
    for _ in 0..3 {
        let mut snapshot = copy::Snapshot::take(&rows).await?;
        is_equal = copy::copy(&mut snapshot, &new).await?.is_nothing();
        if is_equal {
            break;
        }
    }
    rows.close().await;
    backup::remove_database(&rows_file)?;
    if !is_equal {
        return Err(LastWords {
            code: "copy_differs".to_owned(),
            message: "the database does not hold what was written to it".to_owned(),
            exit: Exit::Internal,
        });
    }

    teller.step("objects", "restoring the objects");
    let noted = config.data.join(format!("restore-{}.journal", &manifest.database_sha256[..16]));
    let noting = |error| transfer::file("what was restored can't be noted", &error);
    let mut journal = Journal::open(&noted).await.map_err(noting)?;
    let copy = ObjectCopy { names: &new, from: &old_store, to: &new_store, looks_again: false };
    let outcome = copy.run(&mut journal, |outcome| teller.objects(outcome)).await?;
    let unknown: Vec<_> =
        outcome.faulty.iter().filter(|faulty| !manifest.missing_objects.contains(&faulty.path)).cloned().collect();
    if !unknown.is_empty() && !args.skip_damaged {
        return Err(transfer::damaged(&unknown, "the place is not in use yet; go on without them with --skip-damaged"));
    }
    restore_keys(args, &config)?;
    forget_indexes(&config, &new_store).await?;
    library::arrived(&new, &[]).await?;
    new.close().await;
    drop(journal);
    std::fs::remove_file(&noted).map_err(noting)?;
    Ok(Done {
        sentence: format!(
            "Restored what the backup held at {}: {} objects ({} bytes).",
            manifest.made_at, outcome.named, outcome.bytes
        ),
        event: json!({
            "event": "restored", "made_at": manifest.made_at, "objects": outcome.named, "object_bytes": outcome.bytes,
        }),
    })
}

/// Removes the index of the data folder, and the copies of one in the storage: where they stand in the log of what was here
/// before, this library's log has, or will have, other events.
async fn forget_indexes(config: &Config, store: &MediaStore) -> Result<(), LastWords> {
    store.delete_prefix(StorageKey::INDEX_PREFIX).await.map_err(|error| transfer::storage(&error))?;
    match tokio::fs::remove_dir_all(SearchIndex::folder(config)).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(transfer::file("the search index of before can't be removed", &error))
        }
        _ => Ok(()),
    }
}

async fn read_manifest(args: &RestoreArgs) -> Result<Manifest, LastWords> {
    let none = |error: std::io::Error| LastWords {
        code: "no_backup".to_owned(),
        message: format!("{} holds no backup: {error}", args.folder.display()),
        exit: Exit::Refused,
    };
    let text = tokio::fs::read(args.folder.join(backup::MANIFEST)).await.map_err(none)?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| none(error.into()))?;
    let is_plain = manifest.database_sha256.len() == 64
        && manifest.database_sha256.bytes().all(|b| b.is_ascii_hexdigit())
        && manifest.database_file == format!("database-{}.db", &manifest.database_sha256[..16]);
    if manifest.format != 1 || !is_plain {
        return Err(none(std::io::Error::other("it was written by a newer version, or altered")));
    }
    let found = backup::hash(&args.folder.join(&manifest.database_file)).await.map_err(none)?;
    if found != manifest.database_sha256 {
        return Err(none(std::io::Error::other("its database is not what was written")));
    }
    Ok(manifest)
}

/// Keys that are there already stay: somebody else may use them, too.
fn restore_keys(args: &RestoreArgs, config: &Config) -> Result<(), LastWords> {
    let kept = args.folder.join(backup::KEYS);
    let failed = |error| transfer::file("the signing keys can't be restored", &error);
    if !kept.exists() || config.signing_keys.exists() {
        return Ok(());
    }
    if let Some(folder) = config.signing_keys.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // The process makes no file that others may read.
    std::fs::copy(&kept, &config.signing_keys).map(drop).map_err(failed)
}
