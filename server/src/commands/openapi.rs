//! `mutoscope openapi`: the API's description, from the code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use super::exit::{Exit, LastWords};

/// Prints the OpenAPI 3.1 document of the API.
#[derive(Debug, clap::Args)]
pub struct OpenapiArgs {
    /// Print the table of error codes instead.
    #[arg(long)]
    errors: bool,
}

/// Runs the command.
pub fn run(args: &OpenapiArgs) -> ExitCode {
    let text = if args.errors {
        crate::error::listing()
    } else {
        match crate::openapi::text() {
            Ok(text) => text,
            Err(error) => {
                return LastWords {
                    code: "internal".to_owned(),
                    message: format!("the document can't be written: {error}"),
                    exit: Exit::Internal,
                }
                .say(false);
            }
        }
    };
    // Whoever closes the pipe early has read enough.
    let _ = io::stdout().write_all(text.as_bytes());
    Exit::Done.into()
}
