//! `mutoscope admin move`: an embedded library to another database and storage, while it is running.
//!
//! Rows and objects are copied beside the running platform, again and again until little is left. Then the old database is
//! frozen (its writers wait), the rest is copied, both sides are compared, and one transaction makes the old library refuse
//! every later write. A kill at any moment leaves the old library as it was, or, after that transaction, the new one whole.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use mutoscope_core::{
    db::{Db, DbError, copy, library},
    store::{MediaStore, StoreSettings},
};
use serde_json::json;

use super::{Done, transfer};
use crate::{
    commands::{
        exit::{Exit, LastWords},
        platform::{PlatformArgs, environment, start_log},
    },
    config::{self, Config, DataFolder, LogSettings, Sources},
    library::{Journal, ObjectCopy, Outcome},
};

/// What is set for the new place is written as for any platform, with this before it.
const NEW_PLACE: &str = "MUTOSCOPE_TO_";

/// Copies beside the running platform, at most.
const MOST_ROUNDS: u32 = 5;

/// So few changes are quickly copied while everybody waits.
const FEW: u64 = 1000;

/// How often a busy database is asked for the freeze; each time waits for 5 s.
const FREEZE_TRIES: u32 = 12;

/// Moves an embedded library (SQLite) to another database and storage, with seconds of downtime.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope admin move --to-database postgres://mutoscope@db/films --to-storage s3://films
  mutoscope admin move --to-config many.toml         database and storage from the settings that come after

Settings of the new place that have no flag are variables with TO_ in their names (MUTOSCOPE_TO_STORAGE_SECRET_KEY,
MUTOSCOPE_TO_DATABASE_URL_FILE, ..), or stand in the file of --to-config. Cut at any moment, the same command goes on
where it was.")]
pub struct MoveArgs {
    #[command(flatten)]
    pub platform: PlatformArgs,
    /// The new database, empty; better in MUTOSCOPE_TO_DATABASE_URL where it holds a password
    #[arg(long, value_name = "URL")]
    to_database: Option<String>,
    /// The new storage [default: the objects stay where they are]
    #[arg(long, value_name = "URL")]
    to_storage: Option<String>,
    /// The address of the new storage's S3 service
    #[arg(long, value_name = "URL")]
    to_endpoint: Option<String>,
    /// The settings of the new place, a TOML file
    #[arg(long, value_name = "FILE")]
    to_config: Option<PathBuf>,
    /// Go on without objects that are not what they were. What can be made again will be, originals are lost
    #[arg(long)]
    skip_damaged: bool,
    /// Take the old library back into use, as it was when it was left. What came to the new place since is not in it
    #[arg(long, conflicts_with_all = ["to_database", "to_storage", "to_endpoint", "to_config", "skip_damaged"])]
    undo: bool,
}

struct Move {
    from: Config,
    to: Config,
    old_store: MediaStore,
    new_store: Option<MediaStore>,
    journal: Journal,
    teller: transfer::Teller,
    origin: String,
}

pub(super) async fn run(args: &MoveArgs) -> Result<Done, LastWords> {
    let from = args.platform.place.settings(Vec::new())?;
    start_log(&LogSettings { level: "warn".to_owned(), ..from.log.clone() });
    DataFolder::prepare(&from)?;
    if args.undo {
        return undo(&from).await;
    }
    let to = new_place(args, &from)?;
    if to.database.url == from.database.url {
        return Err(usage("the new database is the old one; name another with --to-database"));
    }
    let keeps_objects = args.to_storage.is_none() && transfer::shown_storage(&to.storage) == default_storage(&from);
    let to = if keeps_objects { Config { storage: from.storage.clone(), ..to } } else { to };
    let moves_objects = transfer::shown_storage(&to.storage) != transfer::shown_storage(&from.storage);
    let journal = Journal::open(&from.data.join("move.journal"))
        .await
        .map_err(|error| transfer::file("what was copied can't be noted in the data folder", &error))?;
    let mut this = Move {
        old_store: MediaStore::open(&from.storage).map_err(|error| transfer::storage(&error))?,
        new_store: match moves_objects {
            true => Some(MediaStore::open(&to.storage).map_err(|error| transfer::storage(&error))?),
            false => None,
        },
        origin: transfer::shown_database(&from.database),
        from,
        to,
        journal,
        teller: transfer::Teller::new(args.platform.json),
    };
    let new = Db::open_unfinished(&this.to.database).await?;
    let old = match Db::open(&this.from.database).await {
        Ok(old) => old,
        Err(DbError::Moved(place)) => return this.finish_switched(&new, &place).await,
        Err(error) => return Err(error.into()),
    };
    if !matches!(old, Db::Lite(_)) {
        return Err(usage("only an embedded library (SQLite) is moved; for others use admin backup and admin restore"));
    }
    library::arrive(&new, &this.origin).await.map_err(transfer::taken)?;
    let downtime = this.switch(&old, &new, args.skip_damaged).await?;
    old.close().await;
    new.close().await;
    Ok(this.done(Some(downtime)))
}

async fn undo(config: &Config) -> Result<Done, LastWords> {
    let _lock = DataFolder::lock(&config.data)?;
    if !library::take_back(&config.database).await? {
        return Err(usage("this library was not moved"));
    }
    let journal = config.data.join("move.journal");
    match std::fs::remove_file(&journal) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(transfer::file("what was copied can't be forgotten", &error));
        }
        _ => {}
    }
    Ok(Done {
        sentence:
            "The old library is in use again, as it was when it was left. Stop what runs on the new one: nothing that \
                   is written there comes back by itself."
                .to_owned(),
        event: json!({"event": "taken_back"}),
    })
}

impl Move {
    /// Everything, up to the moment when the new place is the library; returns how long writers waited, in milliseconds.
    async fn switch(&mut self, old: &Db, new: &Db, skip_damaged: bool) -> Result<u128, LastWords> {
        self.teller.step("copy", "copying beside the running platform");
        for _ in 0..MOST_ROUNDS {
            let mut snapshot = copy::Snapshot::take(old).await?;
            let rows = copy::copy(&mut snapshot, new).await?;
            drop(snapshot);
            let objects = self.copy_objects(new).await?;
            refuse_damaged(&objects, skip_damaged, Damage::Altered)?;
            if rows.written + rows.removed <= FEW && objects.copied <= FEW {
                break;
            }
        }
        self.teller.step("freeze", "the old library takes no more changes; copying the rest");
        let mut frozen = freeze(old).await?;
        let began = Instant::now();
        let mut is_equal = false;
        for _ in 0..3 {
            is_equal = copy::copy(&mut frozen, new).await?.is_nothing();
            if is_equal {
                break;
            }
        }
        if !is_equal {
            return Err(LastWords {
                code: "copy_differs".to_owned(),
                message: "the new database does not hold what was written to it; nothing was moved".to_owned(),
                exit: Exit::Internal,
            });
        }
        let objects = self.copy_objects(new).await?;
        refuse_damaged(&objects, skip_damaged, Damage::Any)?;
        // From here on the old library is left. The new one is not in use before the next line but one: a kill between the
        // two leaves none of both in use, and this command again ends it.
        frozen.leave_for(&transfer::shown_database(&self.to.database)).await?;
        library::arrived(new, &self.journal.surplus(&objects.prefixes)).await?;
        Ok(began.elapsed().as_millis())
    }

    /// After a kill right behind the switch: the old library is left already.
    async fn finish_switched(&mut self, new: &Db, place: &str) -> Result<Done, LastWords> {
        if place != transfer::shown_database(&self.to.database) {
            return Err(DbError::Moved(place.to_owned()).into());
        }
        match library::arriving(new).await? {
            Some(origin) if origin == self.origin => library::arrived(new, &[]).await?,
            _ => {}
        }
        new.close().await;
        Ok(self.done(None))
    }

    async fn copy_objects(&mut self, names: &Db) -> Result<Outcome, LastWords> {
        let Some(new_store) = &self.new_store else { return Ok(Outcome::default()) };
        let copy = ObjectCopy { names, from: &self.old_store, to: new_store, looks_again: false };
        let teller = &mut self.teller;
        Ok(copy.run(&mut self.journal, |outcome| teller.objects(outcome)).await?)
    }

    fn done(&self, downtime_ms: Option<u128>) -> Done {
        let database = transfer::shown_database(&self.to.database);
        let storage = transfer::shown_storage(&self.to.storage);
        let mut lines = vec![
            format!("The library is in {database} and {storage} now. The old one takes no change any more."),
            "Start mutoscope with these settings, and the same data folder (its keys and its search index stay good):"
                .to_owned(),
            format!("  MUTOSCOPE_DATABASE_URL={database}   (with the password that you gave)"),
            format!("  MUTOSCOPE_STORAGE_URL={storage}"),
        ];
        if let StoreSettings::S3(s3) = &self.to.storage {
            let endpoint = s3.endpoint.iter().map(|it| format!("  MUTOSCOPE_STORAGE_ENDPOINT={it}"));
            lines.extend(endpoint);
            let public = s3.public_endpoint.iter().map(|it| format!("  MUTOSCOPE_STORAGE_PUBLIC_ENDPOINT={it}"));
            lines.extend(public);
            lines.push(format!("  MUTOSCOPE_STORAGE_REGION={}", s3.region));
            lines.push("  MUTOSCOPE_STORAGE_ACCESS_KEY and MUTOSCOPE_STORAGE_SECRET_KEY as you gave them".to_owned());
        }
        lines.push(format!(
            "On more machines, give each a copy of {} (setting signing_keys).",
            self.from.signing_keys.display()
        ));
        if let Some(ms) = downtime_ms {
            lines.push(format!("Writers waited for {ms} ms."));
        }
        Done {
            sentence: lines.join("\n"),
            event: json!({"event": "moved", "database": database, "storage": storage, "downtime_ms": downtime_ms}),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// Beside a running platform an object may go after its row was copied.
    Altered,
    Any,
}

fn refuse_damaged(outcome: &Outcome, skips: bool, damage: Damage) -> Result<(), LastWords> {
    let counts: Vec<_> =
        outcome.faulty.iter().filter(|faulty| faulty.is_altered || damage == Damage::Any).cloned().collect();
    if skips || counts.is_empty() {
        return Ok(());
    }
    Err(transfer::damaged(
        &counts,
        "nothing was moved, and what was copied stays copied. Play the films they belong to, which makes again what can \
         be, or go on without them with --skip-damaged",
    ))
}

async fn freeze(old: &Db) -> Result<copy::Snapshot, LastWords> {
    let mut tries = 0;
    loop {
        tries += 1;
        match copy::Snapshot::freeze(old).await {
            Ok(frozen) => return Ok(frozen),
            Err(error) if error.kind() == mutoscope_core::error::ErrorKind::Unavailable && tries < FREEZE_TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The settings of the new place: the file, variables with [`NEW_PLACE`], and flags.
fn new_place(args: &MoveArgs, from: &Config) -> Result<Config, LastWords> {
    let given = environment();
    let environment: BTreeMap<String, String> = given
        .into_iter()
        .filter_map(|(name, value)| Some((format!("MUTOSCOPE_{}", name.strip_prefix(NEW_PLACE)?), value)))
        .collect();
    let mut flags = vec![("data", "--data", from.data.display().to_string())];
    let given = [
        ("database.url", "--to-database", &args.to_database),
        ("storage.url", "--to-storage", &args.to_storage),
        ("storage.endpoint", "--to-endpoint", &args.to_endpoint),
    ];
    flags.extend(given.into_iter().filter_map(|(key, flag, value)| Some((key, flag, value.clone()?))));
    config::load(&Sources { file: args.to_config.clone(), environment, flags }).map_err(LastWords::from)
}

/// The storage of a new place for which none was named.
fn default_storage(from: &Config) -> String {
    transfer::shown_storage(&StoreSettings::Folder(from.data.join("objects")))
}

fn usage(message: &str) -> LastWords {
    LastWords { code: "usage".to_owned(), message: message.to_owned(), exit: Exit::Usage }
}
