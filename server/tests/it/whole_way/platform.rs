//! A platform that runs: the binary with a data folder of its own, on a free port of loopback.

use std::{
    fs::File,
    net::TcpListener,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::client::Client;

/// How long a start may take in a debug build on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running server and its data folder; both are gone when it drops.
pub struct Platform {
    folder: TempDir,
    base: String,
    process: Child,
    variables: Vec<(&'static str, String)>,
}

impl Platform {
    /// Starts one with empty data and waits until it can serve.
    pub async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// The same with settings in its environment.
    pub async fn start_with(variables: Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let base = format!("http://127.0.0.1:{port}");
        let process = launch(folder.path(), port, &variables);
        let mut platform = Self { folder, base, process, variables };
        platform.wait_until_ready().await;
        platform
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Client {
        Client::new(&self.base)
    }

    /// Ends the process without a warning, as a power cut does, and starts it on the same data and address.
    pub async fn kill_and_start(&mut self) {
        self.process.kill().expect("the server is killed");
        self.process.wait().expect("the server is gone");
        let port = self.base.rsplit(':').next().and_then(|port| port.parse().ok());
        self.process = launch(self.folder.path(), port.expect("a port"), &self.variables);
        self.wait_until_ready().await;
    }

    /// Asks it to stop (SIGTERM) and waits; answers how it ended, and how long it took.
    pub fn stop(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let pid = Pid::from_child(&self.process);
        kill_process(pid, Signal::TERM).expect("the signal is sent");
        let status = self.process.wait().expect("the server is gone");
        (status, began.elapsed())
    }

    /// Where its data lies: no answer may ever show it.
    pub fn data_folder(&self) -> &Path {
        self.folder.path()
    }

    async fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + READY_WITHIN;
        let client = self.visitor();
        while !client.is_ready().await {
            if let Some(status) = self.process.try_wait().expect("the process can be asked") {
                panic!("the server ended with {status}:\n{}", self.log());
            }
            assert!(Instant::now() < deadline, "the server is not ready:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn launch(folder: &Path, port: u16, variables: &[(&'static str, String)]) -> Child {
    let log = File::options().create(true).append(true).open(folder.join("server.log")).expect("a log file");
    Command::new(env!("CARGO_BIN_EXE_mutoscope"))
        .args(["run", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(folder.join("data"))
        // No setting of whoever runs the tests may reach it.
        .env_clear()
        .env("HOME", folder)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the same file"))
        .stderr(log)
        .spawn()
        .expect("the binary starts")
}
