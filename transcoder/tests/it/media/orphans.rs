//! Nothing is left over where the parent is killed.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The media process itself, started by hand with a socket of ours: it ends when the socket does.
#[test]
fn a_media_process_ends_with_its_parents_socket() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_mutoscope-media"))
        .arg("0")
        .env_clear()
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(process.try_wait().unwrap().is_none(), "it waits for work");
    drop(ours);
    let closed = Instant::now();
    while process.try_wait().unwrap().is_none() {
        assert!(closed.elapsed() < Duration::from_secs(10), "it lives on");
        std::thread::sleep(Duration::from_millis(10));
    }
}
