//! The command line, one file a command.

pub mod exit;
pub mod import;
pub mod media;
pub mod probe;
mod progress;
pub mod transcode;
