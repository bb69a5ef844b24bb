//! The media process has nothing to lose: no files, no network, no exec, no word to any other process.

use std::time::{Duration, Instant};

use mutoscope_transcoder::jail::{MediaProcess, MediaSettings, Sandbox};

use super::lines::lines_of;
use crate::support::media_process;

#[tokio::test]
async fn nothing_can_be_opened_connected_run_or_signalled_from_inside() {
    let attempts = media_process().test_sandbox().await.unwrap();
    assert!(attempts.len() > 100);
    let not_refused: Vec<String> = attempts
        .iter()
        // "Operation not permitted" is the filter's answer, "function not implemented" the one to `clone3`: what the
        // kernel itself would say to these arguments is another.
        .filter(|attempt| {
            let answer = attempt.refused_with.as_deref().unwrap_or("done");
            let expected = if attempt.what == "clone3" { "(os error 38)" } else { "(os error 1)" };
            !answer.ends_with(expected)
        })
        .map(|attempt| format!("{}: {:?}", attempt.what, attempt.refused_with))
        .collect();
    assert!(not_refused.is_empty(), "{not_refused:#?}");
}

#[tokio::test]
async fn the_same_attempts_are_answered_otherwise_without_a_sandbox() {
    // Else the test above would pass on any machine that refuses all of this anyway.
    let attempts = without_sandbox().test_sandbox().await.unwrap();
    let _ = std::fs::remove_file("/tmp/mutoscope-sandbox-test");
    for what in ["open a file", "run a program", "openat", "execve", "socket", "tgkill of the parent", "io_uring_enter"]
    {
        let attempt = attempts.iter().find(|attempt| attempt.what == what).unwrap();
        let answer = attempt.refused_with.as_deref().unwrap_or("done");
        assert!(!answer.ends_with("(os error 1)"), "{what}: {answer}");
    }
}

#[test]
fn a_process_without_a_sandbox_says_so_at_every_start() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let text = lines_of(|| {
        runtime.block_on(without_sandbox().fingerprint()).unwrap();
    });
    assert!(text.contains("WARN") && text.contains("switched off"), "{text}");
}

#[tokio::test]
async fn a_media_process_is_up_soon() {
    let process = media_process();
    process.fingerprint().await.unwrap();
    let started = Instant::now();
    let fingerprint = process.fingerprint().await.unwrap();
    eprintln!("{fingerprint} after {:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(2));
    for part in ["mutoscope ", "libav ", "x264 - core", std::env::consts::ARCH] {
        assert!(fingerprint.contains(part), "{fingerprint}");
    }
}

fn without_sandbox() -> MediaProcess {
    MediaProcess::new(MediaSettings {
        program: env!("CARGO_BIN_EXE_mutoscope-media").into(),
        arguments: Vec::new(),
        sandbox: Sandbox::Off,
        ..MediaSettings::this_program()
    })
}
