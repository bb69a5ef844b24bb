//! The binary `mutoscope`.

use std::process::ExitCode;

use mutoscope_transcoder::jail::{CHILD_WORD, bound_heap, child_main};

fn main() -> ExitCode {
    // The media process is this very program: before anything else it must be told apart, so that it opens nothing.
    if std::env::args_os().nth(1).is_some_and(|word| word == CHILD_WORD) {
        return child_main();
    }
    bound_heap();
    mutoscope_server::commands::main()
}
