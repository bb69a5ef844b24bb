//! What a media process may cost: memory, processor time, and time without a sign of work, each ended from outside.

use std::time::{Duration, Instant};

use mutoscope_transcoder::{error::MediaErrorCode, jail::Misbehaviour, limits::Limits};

use crate::support::media_process;

/// How a media process that misbehaves under these limits ends, and after how long.
async fn ending(how: Misbehaviour, limits: &Limits) -> (MediaErrorCode, Duration) {
    let started = Instant::now();
    let error = media_process().misbehave(how, limits).await.unwrap_err();
    (error.code, started.elapsed())
}

#[tokio::test]
async fn one_that_takes_more_memory_than_allowed_is_ended() {
    let limits = Limits { resident_bytes: 150 << 20, ..Limits::default() };
    let (code, took) = ending(Misbehaviour::Allocate, &limits).await;
    assert_eq!(code, MediaErrorCode::TooMuchMemory);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

/// In a process of its own, as the system tells the peak of all children there ever were.
#[test]
fn between_two_looks_it_cannot_take_more_than_half_as_much_again() {
    let alone = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "jail::watchdog::peak_of_one_that_takes_memory", "--ignored"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(alone.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by the test above, alone"]
async fn peak_of_one_that_takes_memory() {
    let limits = Limits { resident_bytes: 800 << 20, ..Limits::default() };
    let (code, _) = ending(Misbehaviour::Allocate, &limits).await;
    assert_eq!(code, MediaErrorCode::TooMuchMemory);
    // What the watch does not see in time, the limit on writable memory stops; libraries come on top.
    let peak = peak_of_children_bytes();
    assert!(peak <= (1_200 << 20) + (100 << 20), "{} MiB", peak >> 20);
}

#[tokio::test]
async fn one_that_spins_is_ended_by_its_processor_time() {
    let limits = Limits { probe_cpu_ms: 300, ..Limits::default() };
    let (code, took) = ending(Misbehaviour::Spin, &limits).await;
    assert_eq!(code, MediaErrorCode::TooCostly);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn one_that_spins_without_a_sign_of_work_is_ended_by_the_clock() {
    let limits = Limits { first_output_ms: 300, probe_cpu_ms: 1_000_000, ..Limits::default() };
    let (code, took) = ending(Misbehaviour::Spin, &limits).await;
    assert_eq!(code, MediaErrorCode::MediaProcessTimeout);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn one_that_sleeps_is_ended_by_the_clock_though_it_costs_nothing() {
    let limits = Limits { first_output_ms: 300, ..Limits::default() };
    let (code, took) = ending(Misbehaviour::Sleep, &limits).await;
    assert_eq!(code, MediaErrorCode::MediaProcessTimeout);
    assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn one_that_worked_and_then_stalls_is_ended_by_the_time_between_two_signs() {
    let limits = Limits { first_output_ms: 100_000, progress_ms: 300, ..Limits::default() };
    let (code, took) = ending(Misbehaviour::Stall, &limits).await;
    assert_eq!(code, MediaErrorCode::MediaProcessTimeout);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn one_that_asks_and_never_listens_is_ended_by_the_clock() {
    // Its socket is full and the parent waits to write.
    let limits = Limits { first_output_ms: 300, ..Limits::default() };
    let (code, took) = ending(Misbehaviour::Ask, &limits).await;
    assert_eq!(code, MediaErrorCode::MediaProcessTimeout);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test]
async fn one_that_ends_by_a_fault_is_a_typed_error() {
    let (code, _) = ending(Misbehaviour::Abort, &Limits::default()).await;
    assert_eq!(code, MediaErrorCode::MediaProcessCrashed);
}

#[tokio::test]
async fn one_that_breaks_the_rules_of_the_conversation_is_not_believed() {
    let (code, _) = ending(Misbehaviour::Babble, &Limits::default()).await;
    assert_eq!(code, MediaErrorCode::Internal);
}

/// The largest resident size of any ended child of this process so far (getrusage(2), `RUSAGE_CHILDREN`).
fn peak_of_children_bytes() -> u64 {
    #[expect(unsafe_code, reason = "no safe crate tells what children used")]
    // SAFETY: the structure is ours and lives through the call, which fills it in.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage
    };
    u64::try_from(usage.ru_maxrss).unwrap() * 1_024
}
