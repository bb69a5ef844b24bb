//! `mutoscope admin events`: what consumers gave up, and putting it back.

use clap::Subcommand;
use mutoscope_core::{bus::EventBus, event::DeadLetter, id::EventId};
use serde_json::json;

use super::Done;
use crate::commands::{
    exit::{Exit, LastWords},
    platform::PlatformArgs,
};

/// What to do about dead letters.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// List the messages that consumers could not take in, with the reason of each.
    List(PlatformArgs),
    Replay(ReplayArgs),
}

/// Put messages back where they were read, so that they are tried again.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    #[command(flatten)]
    platform: PlatformArgs,
    /// The dead letters, by their ids.
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<EventId>,
    /// All of them.
    #[arg(long)]
    all: bool,
}

impl EventsCommand {
    pub(super) fn platform(&self) -> &PlatformArgs {
        match self {
            Self::List(platform) => platform,
            Self::Replay(args) => &args.platform,
        }
    }
}

pub(super) async fn run(command: &EventsCommand) -> Result<Done, LastWords> {
    let (bus, db) = command.platform().place.open_events().await?;
    let letters = bus.dead_letters().await?;
    let done = match command {
        EventsCommand::List(_) => list(&letters),
        EventsCommand::Replay(args) => replay(bus.as_ref(), letters, args).await?,
    };
    db.close().await;
    Ok(done)
}

fn list(letters: &[DeadLetter]) -> Done {
    let lines: Vec<String> = letters
        .iter()
        .map(|letter| {
            let DeadLetter { id, occurred_at, consumer, topic, partition, offset, message, .. } = letter;
            format!("{id}  {occurred_at}  {consumer}  {topic} {partition}:{offset}  {message}")
        })
        .collect();
    let sentence = if lines.is_empty() { "There are no dead letters.".to_owned() } else { lines.join("\n") };
    Done { sentence, event: json!({"event": "dead_letters", "letters": letters}) }
}

async fn replay(bus: &dyn EventBus, letters: Vec<DeadLetter>, args: &ReplayArgs) -> Result<Done, LastWords> {
    let unknown = args.ids.iter().find(|id| !letters.iter().any(|letter| letter.id == **id));
    if let Some(id) = unknown {
        return Err(LastWords {
            code: "not_found".to_owned(),
            message: format!("there is no dead letter {id}; mutoscope admin events list shows them"),
            exit: Exit::Refused,
        });
    }
    let mut replayed = Vec::new();
    for letter in letters.iter().filter(|letter| args.all || args.ids.contains(&letter.id)) {
        bus.replay(letter).await?;
        replayed.push(letter.id);
    }
    let count = replayed.len();
    let sentence = format!("{count} {} put back.", if count == 1 { "message was" } else { "messages were" });
    Ok(Done { sentence, event: json!({"event": "replayed", "letters": replayed}) })
}
