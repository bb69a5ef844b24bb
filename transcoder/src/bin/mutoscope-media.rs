//! The media process alone: what the tests of this crate start in the place of the whole binary.

fn main() -> std::process::ExitCode {
    mutoscope_transcoder::jail::child_main()
}
