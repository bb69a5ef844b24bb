//! Nothing is left over where the parent is killed.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mutoscope_transcoder::{jail::Misbehaviour, limits::Limits};

use crate::support::media_process;

/// The media process itself, started by hand with a socket of ours: it ends when the socket does.
#[test]
fn a_media_process_ends_with_its_parents_socket() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_mutoscope-media"))
        .arg("as-parent")
        .env_clear()
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Its greeting's first byte.
    std::io::Read::read_exact(&mut &ours, &mut [0]).unwrap();
    assert!(process.try_wait().unwrap().is_none(), "it waits for work");
    drop(ours);
    let closed = Instant::now();
    while process.try_wait().unwrap().is_none() {
        assert!(closed.elapsed() < Duration::from_secs(10), "it lives on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Not a test by itself: the parent that the next one kills.
#[tokio::test]
#[ignore = "run by the test below, in a process of its own"]
async fn a_parent_of_a_media_process_that_never_looks_at_its_socket() {
    let limits = Limits { first_output_ms: 60_000, probe_cpu_ms: 60_000, ..Limits::default() };
    let _ = media_process().misbehave(Misbehaviour::Spin, &limits).await;
}

#[test]
fn a_busy_media_process_is_gone_within_a_second_of_its_parents_kill() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture"])
        .arg("jail::parents::a_parent_of_a_media_process_that_never_looks_at_its_socket")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    BufReader::new(parent.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
    let child = busy_child_of(&parent);
    parent.kill().unwrap();
    let killed = Instant::now();
    parent.wait().unwrap();
    while is_running(child) {
        assert!(killed.elapsed() < Duration::from_secs(1), "it lives on");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// With a greater claim it can keep a child's last thread from its turn, for which it waits.
#[tokio::test]
async fn what_waits_for_ended_media_processes_has_the_claim_of_the_humblest() {
    let limits = Limits { first_output_ms: 100, ..Limits::default() };
    media_process().misbehave(Misbehaviour::Sleep, &limits).await.unwrap_err();
    let ended = Instant::now();
    loop {
        let threads = std::fs::read_dir("/proc/self/task").unwrap().map(|thread| thread.unwrap().path());
        let is_reaper = |path: &std::path::PathBuf| {
            std::fs::read_to_string(path.join("comm")).is_ok_and(|name| name.trim_end() == "media-reaper")
        };
        // proc(5), `/proc/[pid]/stat`, field 41.
        let policy = |path: std::path::PathBuf| {
            let text = std::fs::read_to_string(path.join("stat")).unwrap();
            text.rsplit_once(") ").unwrap().1.split(' ').nth(38).unwrap().parse::<i32>().unwrap()
        };
        let policies: Vec<i32> = threads.filter(is_reaper).map(policy).collect();
        if policies == [libc::SCHED_IDLE] {
            return;
        }
        assert!(ended.elapsed() < Duration::from_secs(10), "{policies:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits for a child that is past its start and burns time.
fn busy_child_of(parent: &Child) -> u32 {
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < Duration::from_secs(60), "no media process was started");
        let threads = std::fs::read_dir(format!("/proc/{}/task", parent.id())).unwrap();
        let children = threads.filter_map(|thread| {
            let text = std::fs::read_to_string(thread.ok()?.path().join("children")).ok()?;
            text.split_ascii_whitespace().next()?.parse::<u32>().ok()
        });
        if let Some(child) = children.into_iter().find(|child| processor_ticks(*child) > 30) {
            return child;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn processor_ticks(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, after)| after);
    after_name.split_ascii_whitespace().nth(11).map_or(0, |ticks| ticks.parse().unwrap())
}

/// A process that ended and is not yet reaped runs no more.
fn is_running(process: u32) -> bool {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = text.rsplit_once(") ").and_then(|(_, after)| after.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}
