//! The command line, one file a command.

pub mod admin;
pub mod completions;
pub mod exit;
pub mod import;
pub mod index;
pub mod manual;
pub mod media;
pub mod openapi;
pub mod platform;
pub mod probe;
mod progress;
pub mod run;
pub mod transcode;

use std::{future::Future, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use exit::{Exit, LastWords};
use platform::PlaceArgs;

const EXAMPLES: &str = "\
Examples:
  mutoscope run                                    the whole platform on http://127.0.0.1:8080, data in ./data
  mutoscope run --listen 0.0.0.0:8080 --data /srv/mutoscope
  mutoscope transcode film.mkv --out film          a folder that any web server can serve
  mutoscope probe film.mkv --json
  mutoscope import *.mp4 --owner ada --privacy unlisted
  mutoscope admin user create ada --email ada@example.org
  mutoscope admin user password ada                a new one-time password
  mutoscope admin invite --note 'for Grace'

Settings come from a TOML file (--config), then from variables (MUTOSCOPE_LISTEN, ..), then from flags.
Exit codes: 0 done, 1 internal, 2 usage or configuration, 3 input refused, 4 storage or service not there,
130 interrupted.";

/// A self-hosted video platform: upload, watch, search.
#[derive(Debug, Parser)]
#[command(name = "mutoscope", version, after_help = EXAMPLES, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One for each thing the binary does.
#[derive(Debug, Subcommand)]
pub enum Command {
    Run(run::RunArgs),
    Transcode(transcode::TranscodeArgs),
    Probe(probe::ProbeArgs),
    Import(ImportCommand),
    /// Care for the search index.
    Index(index::IndexArgs),
    /// Care for accounts, invitations and keys, move, back up and restore, on a running or stopped platform.
    Admin(admin::AdminArgs),
    Openapi(openapi::OpenapiArgs),
    Completions(completions::CompletionsArgs),
    Manual(manual::ManualArgs),
}

/// Puts films of this machine into a platform, running or stopped.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope import holiday.mov --owner ada
  mutoscope import /media/films/*.mkv --owner ada --privacy unlisted --data /srv/mutoscope")]
pub struct ImportCommand {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    args: import::ImportArgs,
}

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    match cli.command {
        Command::Run(args) => on_runtime(run::run(args)),
        Command::Transcode(args) => on_runtime(transcode::run(args)),
        Command::Probe(args) => on_runtime(probe::run(args)),
        Command::Import(command) => on_runtime(import_films(command)),
        Command::Index(args) => on_runtime(index::run(args)),
        Command::Admin(args) => on_runtime(admin::run(args)),
        Command::Openapi(args) => openapi::run(&args),
        Command::Manual(_) => manual::run(Cli::command()),
        Command::Completions(args) => completions::run(&args, &mut Cli::command()),
    }
}

async fn import_films(command: ImportCommand) -> ExitCode {
    let json = command.args.json;
    let imported = async {
        let (app, _sequencer) = command.place.open().await?;
        import::run(&app, &command.args).await?;
        app.db.close().await;
        Ok::<(), LastWords>(())
    };
    let interrupted = async {
        // Without an ear for Ctrl-C it ends the process, as it always does.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        outcome = imported => match outcome {
            Ok(()) => Exit::Done.into(),
            Err(words) => words.say(json),
        },
        () = interrupted => LastWords {
            code: "cancelled".to_owned(),
            message: "interrupted; what was brought of the current film goes with a later sweep".to_owned(),
            exit: Exit::Interrupted,
        }
        .say(json),
    }
}

fn on_runtime(command: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no threads can be started: {error}");
            return Exit::Internal.into();
        }
    };
    let code = runtime.block_on(command);
    // What still blocks a thread (a password being hashed, a name being looked up) is not waited for.
    runtime.shutdown_background();
    code
}

/// Help and version are answers; anything else is a wrong use, told as JSON too where that was asked for.
fn refuse(error: &clap::Error) -> ExitCode {
    // Fails only where nobody listens.
    let _ = error.print();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Exit::Done.into();
    }
    if std::env::args_os().any(|arg| arg == "--json") {
        let message = error.to_string();
        let words = LastWords {
            code: "usage".to_owned(),
            message: message.lines().next().unwrap_or("").trim_start_matches("error: ").to_owned(),
            exit: Exit::Usage,
        };
        return words.say(true);
    }
    Exit::Usage.into()
}
