//! `mutoscope index rebuild`: the search index anew from the database, beside a running platform or without one.

use std::process::ExitCode;

use clap::Subcommand;

use super::{
    exit::{Exit, LastWords},
    platform::PlatformArgs,
};
use crate::{app::OpenError, search_index::SearchIndex};

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
    let backend = SearchIndex::open(&config).map_err(OpenError::from)?.backend();
    let json = platform.json;
    let rebuilt = mutoscope_index::rebuild(&db, backend.as_ref(), |videos| {
        if json {
            println!("{}", serde_json::json!({"event": "progress", "videos": videos}));
        } else {
            eprintln!("{videos} videos");
        }
    })
    .await?;
    if json {
        println!("{}", serde_json::json!({"event": "rebuilt", "videos": rebuilt.documents}));
    } else {
        println!("The index holds {} videos.", rebuilt.documents);
    }
    db.close().await;
    Ok(())
}
