//! `mutoscope completions SHELL`: what a shell needs to complete our commands.

use std::process::ExitCode;

use clap_complete::Shell;

use super::exit::Exit;

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mutoscope completions bash > /etc/bash_completion.d/mutoscope")]
pub struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &CompletionsArgs, command: &mut clap::Command) -> ExitCode {
    clap_complete::generate(args.shell, command, "mutoscope", &mut std::io::stdout());
    Exit::Done.into()
}
