//! What every command that reads films lets one choose about the media processes.

use mutoscope_transcoder::jail::{MediaSettings, Sandbox};

/// How films are read.
#[derive(Debug, Clone, clap::Args)]
pub struct MediaArgs {
    /// Read films without a sandbox, for systems that have no seccomp. A hostile film can then do what you can.
    #[arg(long)]
    pub no_sandbox: bool,
}

impl MediaArgs {
    /// Media processes of this very program; says loudly where they have no sandbox.
    pub fn settings(&self) -> MediaSettings {
        let sandbox = if self.no_sandbox {
            eprintln!("warning: films are read WITHOUT a sandbox (--no-sandbox)");
            Sandbox::Off
        } else {
            Sandbox::Required
        };
        MediaSettings { sandbox, ..MediaSettings::this_program() }
    }
}
