//! Roles as processes of their own, on one database and one storage.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::nginx::free_port;

const READY_WITHIN: Duration = Duration::from_secs(60);

/// What the roles share.
pub struct Shared(TempDir);

/// A running role; it ends when it drops.
pub struct Role {
    name: String,
    address: String,
    log: PathBuf,
    process: Child,
}

impl Shared {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Starts a role with a data folder of its own.
    pub fn start(&self, name: &str, roles: &str) -> Role {
        let own = self.path().join(name);
        std::fs::create_dir(&own).unwrap();
        let log = own.join("log");
        let written = File::create(&log).unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let shared = self.path().display();
        let process = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
            .args(["run", "--listen", &address, "--roles", roles, "--data"])
            .arg(own.join("data"))
            // No setting of whoever runs the tests may reach it.
            .env_clear()
            .env("HOME", &own)
            .env("MUTOSCOPE_DATABASE_URL", format!("sqlite://{shared}/mutoscope.db"))
            .env("MUTOSCOPE_STORAGE_URL", format!("file://{shared}/objects"))
            .env("MUTOSCOPE_SIGNING_KEYS", format!("{shared}/signing.json"))
            .env("MUTOSCOPE_TRUSTED_PROXIES", "127.0.0.1")
            .current_dir(&own)
            .stdin(Stdio::null())
            .stdout(written.try_clone().unwrap())
            .stderr(written)
            .spawn()
            .expect("the binary starts");
        Role { name: name.to_owned(), address, log, process }
    }
}

impl Role {
    /// Address and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until it can serve.
    pub async fn ready(mut self) -> Self {
        let deadline = Instant::now() + READY_WITHIN;
        let url = format!("http://{}/readyz", self.address);
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none() && Instant::now() < deadline, "{} is not ready:\n{}", self.name, self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self
    }

    /// One of its measures, zero where there is none of this name yet.
    pub async fn measure(&self, name: &str) -> f64 {
        let text = reqwest::get(format!("http://{}/metrics", self.address)).await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }

    /// Ends it without a warning.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// A process that ends when it drops, however the test ends.
pub struct Running(pub Child);

impl Running {
    /// Ends it without a warning.
    pub fn end(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until what serves on this address can serve.
pub async fn wait_until_ready(address: &str) {
    let deadline = Instant::now() + READY_WITHIN;
    let url = format!("http://{address}/readyz");
    while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(Instant::now() < deadline, "{address} is not ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the log of {}:\n{}", self.name, self.log());
        }
    }
}
