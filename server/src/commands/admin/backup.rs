//! `mutoscope admin backup`: a consistent copy of a library in a folder, of a running or a stopped platform.
//!
//! First the rows, of one moment, into an SQLite database of the folder's own; then every object that they name. The sweeper
//! stands still meanwhile. Where an object went all the same, a younger moment is taken. A second backup into the same folder
//! brings what is new; `manifest.json` is replaced last, and until then the folder holds the backup before.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    time::Duration,
};

use mutoscope_core::{
    db::{
        Db, DbSettings, copy, leases,
        objects::{self, Place},
    },
    store::{MediaStore, StoreSettings},
    time::UnixMs,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;

use super::{Done, transfer};
use crate::{
    commands::{
        exit::{Exit, LastWords},
        platform::{PlatformArgs, start_log},
    },
    config::{Config, DataFolder, LogSettings},
    library::{Journal, ObjectCopy, Outcome},
    sweeper,
};

/// Moments that are tried, at most.
const MOST_ROUNDS: u32 = 3;

const RIGHT_LENGTH: Duration = Duration::from_secs(60);

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const KEYS: &str = "signing.json";

/// Copies the whole library into a folder, consistently, beside a running platform or without one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope admin backup /backup/films                 again into the same folder: what is new since
  mutoscope admin restore /backup/films --data /srv/mutoscope")]
pub struct BackupArgs {
    #[command(flatten)]
    pub platform: PlatformArgs,
    /// The folder; made where it is not there. It holds the signing keys, too: keep it as safe as the data folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub format: u32,
    pub made_at: UnixMs,
    pub mutoscope: String,
    pub database_file: String,
    pub database_sha256: String,
    pub objects: u64,
    pub object_bytes: u64,
    /// Named, and not to be had when the backup was made.
    pub missing_objects: Vec<String>,
}

pub(super) async fn run(args: &BackupArgs) -> Result<Done, LastWords> {
    let config = args.platform.place.settings(Vec::new())?;
    start_log(&LogSettings { level: "warn".to_owned(), ..config.log.clone() });
    DataFolder::prepare(&config)?;
    let folder = std::path::absolute(&args.folder).map_err(|error| transfer::file("the folder", &error))?;
    std::fs::create_dir_all(&folder).map_err(|error| transfer::file("the folder can't be made", &error))?;
    let _lock = DataFolder::lock(&folder)?;
    let db = Db::open(&config.database).await?;
    let store = MediaStore::open(&config.storage).map_err(|error| transfer::storage(&error))?;

    let owner = format!("backup-{}", uuid::Uuid::new_v4().simple());
    let backup = Backup { config: &config, folder: &folder, db: &db, store: &store };
    let made = tokio::select! {
        made = backup.make(args.platform.json) => made,
        failed = hold_sweeper(&db, &owner) => Err(failed),
    };
    leases::release(&db, sweeper::STANDS_STILL, &owner).await?;
    let (manifest, outcome) = made?;
    db.close().await;
    if !outcome.faulty.is_empty() {
        return Err(transfer::damaged(&outcome.faulty, "the backup stands without them"));
    }
    Ok(Done {
        sentence: format!(
            "The backup in {} holds {} objects ({} bytes), {} of them new.",
            folder.display(),
            manifest.objects,
            manifest.object_bytes,
            outcome.copied
        ),
        event: json!({
            "event": "backed_up", "made_at": manifest.made_at, "objects": manifest.objects,
            "object_bytes": manifest.object_bytes, "copied": outcome.copied,
        }),
    })
}

/// Keeps the sweeper of every process still; returns only where that can't be done any more.
async fn hold_sweeper(db: &Db, owner: &str) -> LastWords {
    loop {
        match leases::hold(db, sweeper::STANDS_STILL, owner, RIGHT_LENGTH).await {
            Ok(Some(_)) => tokio::time::sleep(RIGHT_LENGTH / 4).await,
            Ok(None) => {
                return LastWords {
                    code: "backup_runs".to_owned(),
                    message: "another backup of this library runs; try again after it, or in a minute".to_owned(),
                    exit: Exit::Usage,
                };
            }
            Err(error) => return error.into(),
        }
    }
}

struct Backup<'a> {
    config: &'a Config,
    folder: &'a Path,
    db: &'a Db,
    store: &'a MediaStore,
}

impl Backup<'_> {
    async fn make(&self, json: bool) -> Result<(Manifest, Outcome), LastWords> {
        let mut teller = transfer::Teller::new(json);
        let unfinished = self.folder.join("database.part");
        remove_database(&unfinished)?;
        let made_at = UnixMs::now();
        let rows = open_file(&unfinished).await?;
        let objects = MediaStore::open(&StoreSettings::Folder(self.folder.join("objects")))
            .map_err(|error| transfer::storage(&error))?;
        let mut journal = Journal::open(&self.folder.join("verified"))
            .await
            .map_err(|error| transfer::file("what was copied can't be noted", &error))?;
        let mut outcome = Outcome::default();
        let mut copied = 0;
        for _ in 0..MOST_ROUNDS {
            teller.step("rows", "copying the rows of this moment");
            let mut snapshot = copy::Snapshot::take(self.db).await?;
            copy::copy(&mut snapshot, &rows).await?;
            drop(snapshot);
            teller.step("objects", "copying the objects that they name");
            let copy = ObjectCopy { names: &rows, from: self.store, to: &objects, looks_again: true };
            outcome = copy.run(&mut journal, |outcome| teller.objects(outcome)).await?;
            copied += outcome.copied;
            if outcome.faulty.iter().all(|faulty| faulty.is_altered) {
                break;
            }
        }
        outcome.copied = copied;
        let named = names(&rows).await?;
        rows.close().await;

        let sha256 = hash(&unfinished).await.map_err(|error| transfer::file("the rows can't be read back", &error))?;
        let manifest = Manifest {
            format: 1,
            made_at,
            mutoscope: env!("CARGO_PKG_VERSION").to_owned(),
            database_file: format!("database-{}.db", &sha256[..16]),
            database_sha256: sha256,
            objects: outcome.named - outcome.faulty.len() as u64,
            object_bytes: outcome.bytes,
            missing_objects: outcome.faulty.iter().map(|faulty| faulty.path.clone()).collect(),
        };
        self.publish(&unfinished, &manifest).map_err(|error| transfer::file("the backup can't be written", &error))?;
        objects.delete_others("videos", &named).await.map_err(|error| transfer::storage(&error))?;
        Ok((manifest, outcome))
    }

    /// From here on the folder holds this backup, and not the one before.
    fn publish(&self, unfinished: &Path, manifest: &Manifest) -> std::io::Result<()> {
        if let Ok(keys) = std::fs::read(&self.config.signing_keys) {
            write_whole(&self.folder.join(KEYS), &keys)?;
        }
        std::fs::File::open(unfinished)?.sync_all()?;
        std::fs::rename(unfinished, self.folder.join(&manifest.database_file))?;
        let text = serde_json::to_vec_pretty(manifest).map_err(std::io::Error::other)?;
        write_whole(&self.folder.join(MANIFEST), &text)?;
        for entry in std::fs::read_dir(self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with("database-") && name != manifest.database_file {
                std::fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

/// An SQLite database in one file.
pub(super) async fn open_file(path: &Path) -> Result<Db, LastWords> {
    let url = crate::config::sqlite_url(path);
    Ok(Db::open_unfinished(&DbSettings { url, connections: 2 }).await?)
}

/// Removes a database and what SQLite keeps beside it.
pub(super) fn remove_database(path: &Path) -> Result<(), LastWords> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(transfer::file("what an earlier run left can't be removed", &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Lower-case hex.
pub(super) async fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = tokio::fs::File::open(path).await?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut buffer).await?;
        if length == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&buffer[..length]);
    }
}

async fn names(rows: &Db) -> Result<HashSet<String>, LastWords> {
    let mut named = HashSet::new();
    let mut place = Place::START;
    while !matches!(place, Place::End) {
        let (page, next) = objects::page(rows, &place, 1000).await?;
        place = next;
        for object in page {
            let path = object.key.path().map_err(crate::library::TransferError::Key)?;
            named.insert(path.to_string());
        }
    }
    Ok(named)
}

/// Under its name the file is whole, or as it was before.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = path.with_extension("part");
    std::fs::write(&part, bytes)?;
    std::fs::File::open(&part)?.sync_all()?;
    std::fs::rename(&part, path)?;
    path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
}
