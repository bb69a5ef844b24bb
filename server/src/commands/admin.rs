//! `mutoscope admin`: accounts, invitations, keys, events and whole libraries, straight on the database and the services; and
//! the doctor.

mod backup;
mod doctor;
mod events;
mod invite;
mod move_library;
mod restore;
mod setup;
mod transfer;
mod user;

use std::process::ExitCode;

use clap::Subcommand;

use super::{
    exit::{Exit, LastWords},
    platform::{PlatformArgs, with_causes},
};
use crate::auth::keys::SigningKeys;

/// What to care for.
#[derive(Debug, clap::Args)]
pub struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Make, block and change accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    Invite(invite::InviteArgs),
    Doctor(doctor::DoctorArgs),
    /// Care for the signing keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    Move(Box<move_library::MoveArgs>),
    Backup(backup::BackupArgs),
    Restore(restore::RestoreArgs),
    /// Make what the services need and do not have: Kafka's topics. What is there stays as it is.
    Setup(PlatformArgs),
    /// See and put back what consumers of events could not take in.
    #[command(subcommand)]
    Events(events::EventsCommand),
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a new signing key. The one before it stays valid until the next rotation; a running platform takes the new
    /// one over within seconds.
    Rotate(PlatformArgs),
}

/// What a command tells when it is done: a sentence for people, an event for programs.
pub(super) struct Done {
    sentence: String,
    event: serde_json::Value,
}

/// Runs the command.
pub async fn run(args: AdminArgs) -> ExitCode {
    let (json, outcome) = match args.command {
        AdminCommand::User(command) => (command.platform().json, user::run(&command).await),
        AdminCommand::Doctor(args) => return doctor::run(&args).await,
        AdminCommand::Invite(args) => (args.platform.json, invite::run(&args).await),
        AdminCommand::Setup(platform) => (platform.json, setup::run(&platform).await),
        AdminCommand::Events(command) => (command.platform().json, events::run(&command).await),
        AdminCommand::Keys(KeysCommand::Rotate(platform)) => (platform.json, rotate(&platform)),
        AdminCommand::Move(args) => (args.platform.json, move_library::run(&args).await),
        AdminCommand::Backup(args) => (args.platform.json, backup::run(&args).await),
        AdminCommand::Restore(args) => (args.platform.json, restore::run(&args).await),
    };
    match outcome {
        Ok(done) if json => {
            println!("{}", done.event);
            Exit::Done.into()
        }
        Ok(done) => {
            println!("{}", done.sentence);
            Exit::Done.into()
        }
        Err(words) => words.say(json),
    }
}

fn rotate(platform: &PlatformArgs) -> Result<Done, LastWords> {
    let config = platform.place.settings(Vec::new())?;
    SigningKeys::rotate(&config.signing_keys).map_err(|error| LastWords {
        code: "signing_keys".to_owned(),
        message: with_causes(&error),
        exit: Exit::Storage,
    })?;
    Ok(Done {
        sentence: "A new signing key is in use; the one before it is good until the next rotation.".to_owned(),
        event: serde_json::json!({"event": "keys_rotated"}),
    })
}
