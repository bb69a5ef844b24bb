//! The media process has nothing to lose: no files, no network, no exec.

use std::time::{Duration, Instant};

use crate::support::media_process;

#[tokio::test]
async fn nothing_can_be_opened_connected_or_run_from_inside() {
    let attempts = media_process().test_sandbox().await.unwrap();
    assert!(attempts.len() >= 6);
    for attempt in attempts {
        assert!(attempt.refused_with.is_some(), "it could {}", attempt.what);
    }
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
