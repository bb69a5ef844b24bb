//! `mutoscope index rebuild`: the search index anew from the database, beside a running platform or without one.

use std::process::ExitCode;

use clap::Subcommand;
use mutoscope_core::error::ErrorKind;
use mutoscope_index::{EmbeddedSearch, IndexError};

use super::{
    exit::{Exit, LastWords},
    platform::{PlatformArgs, with_causes},
};

/// What to do with the index.
#[derive(Debug, clap::Args)]
pub struct IndexArgs {
    #[command(subcommand)]
    command: IndexCommand,
}

#[derive(Debug, Subcommand)]
enum IndexCommand {
    /// Build the search index anew from the database. The old one answers until the new one is whole.
    Rebuild(PlatformArgs),
}

/// Runs the command.
pub async fn run(args: IndexArgs) -> ExitCode {
    let IndexCommand::Rebuild(platform) = args.command;
    match rebuild(&platform).await {
        Ok(()) => Exit::Done.into(),
        Err(words) => words.say(platform.json),
    }
}

async fn rebuild(platform: &PlatformArgs) -> Result<(), LastWords> {
    let (config, db) = platform.place.open_database().await?;
    let backend = EmbeddedSearch::open(config.data.join("index")).map_err(|error| LastWords {
        code: "index_unavailable".to_owned(),
        message: format!("the folder of the index can't be used: {error}"),
        exit: Exit::Storage,
    })?;
    let json = platform.json;
    let rebuilt = mutoscope_index::rebuild(&db, &backend, |videos| {
        if json {
            println!("{}", serde_json::json!({"event": "progress", "videos": videos}));
        } else {
            eprintln!("{videos} videos");
        }
    })
    .await
    .map_err(failed)?;
    if json {
        println!("{}", serde_json::json!({"event": "rebuilt", "videos": rebuilt.documents}));
    } else {
        println!("The index holds {} videos.", rebuilt.documents);
    }
    db.close().await;
    Ok(())
}

fn failed(error: IndexError) -> LastWords {
    let exit = match error.kind() {
        ErrorKind::Unavailable | ErrorKind::Full => Exit::Storage,
        ErrorKind::Conflict | ErrorKind::Refused => Exit::Refused,
        _ => Exit::Internal,
    };
    LastWords { code: "index_rebuild".to_owned(), message: with_causes(&error), exit }
}
