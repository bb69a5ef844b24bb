//! A platform's place (a data folder and settings), the commands that are run on it, and what it plays.

use std::{
    collections::BTreeMap,
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mutoscope_core::store::{S3Settings, StoreSettings};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::whole_way::{client::Client, playlist};

/// How long a start, or an end, may take in a debug build on a busy machine.
const WITHIN: Duration = Duration::from_secs(60);

/// A data folder, and the variables of every command on it.
pub struct Place {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    program: PathBuf,
}

/// A process that serves a place.
pub struct Server {
    pub base: String,
    process: Child,
    log: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
            program: env!("CARGO_BIN_EXE_mutoscope").into(),
        }
    }

    /// The same data in another folder.
    pub fn copy(&self) -> Self {
        let new = Self { variables: self.variables.clone(), ..Self::new() };
        let copied = Command::new("cp").arg("-a").arg(self.data()).arg(new.data()).status().unwrap();
        assert!(copied.success());
        new
    }

    /// Has another build serve it.
    pub fn serve_by(&mut self, program: &Path) {
        program.clone_into(&mut self.program);
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(format!("MUTOSCOPE_{name}"), value.to_owned());
    }

    /// The same settings, on a data folder of its own.
    pub fn take_settings_of(&mut self, other: &Self) {
        self.variables = other.variables.clone();
    }

    /// Sets the storage; `to` is empty, or `TO_` for that of a new place.
    pub fn set_storage(&mut self, to: &str, settings: &StoreSettings) {
        let StoreSettings::S3(S3Settings { bucket, prefix, endpoint, access_key, secret_key, .. }) = settings else {
            panic!("a bucket is expected");
        };
        self.set(&format!("{to}STORAGE_URL"), &format!("s3://{bucket}/{prefix}"));
        self.set(&format!("{to}STORAGE_ENDPOINT"), endpoint.as_deref().unwrap());
        self.set(&format!("{to}STORAGE_ACCESS_KEY"), access_key);
        self.set(&format!("{to}STORAGE_SECRET_KEY"), secret_key);
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(&self.variables)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// The last event of a command that ends well.
    pub async fn event(&self, args: &[&str]) -> Value {
        let (code, out, err) = self.run(args).await;
        assert_eq!(code, Some(0), "{err}");
        serde_json::from_str(out.lines().last().unwrap()).unwrap()
    }

    /// The last words of a command that fails.
    pub async fn refused(&self, args: &[&str], exit: i32) -> Value {
        let (code, _, err) = self.run(args).await;
        assert_eq!(code, Some(exit), "{err}");
        serde_json::from_str(err.lines().last().unwrap()).unwrap()
    }

    /// Beside the test's own tasks, one of which may be the S3 server.
    async fn run(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.command(&[args, &["--json"]].concat());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    pub async fn start(&self) -> Server {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap().to_string();
        drop(socket);
        self.start_at(&address).await
    }

    /// Starts at this address, once it is free.
    pub async fn start_at(&self, address: &str) -> Server {
        let log = self.folder.path().join("server.log");
        let file = File::options().create(true).append(true).open(&log).unwrap();
        let process = self
            .command(&["run", "--json", "--listen", address])
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut server = Server { base: format!("http://{address}"), process, log };
        let began = Instant::now();
        while !server.visitor().is_ready().await {
            assert!(server.process.try_wait().unwrap().is_none(), "it ended:\n{}", server.log());
            assert!(began.elapsed() < WITHIN, "not ready:\n{}", server.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }
}

impl Server {
    pub fn visitor(&self) -> Client {
        Client::new(&self.base)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it to stop and waits for its end.
    pub async fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert_eq!(self.end().await, Some(0), "{}", self.log());
    }

    /// Waits for its end; its exit code.
    pub async fn end(&mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            assert!(began.elapsed() < WITHIN, "it does not end:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
    }
}

/// Fetches all that a player could of a film: the hash of each playlist, init segment and media segment by its path.
pub async fn play(client: &Client, id: &str) -> BTreeMap<String, String> {
    let video = client.get(&format!("videos/{id}")).await.expect(200);
    let mut found = BTreeMap::new();
    let (page, multivariant) = client.fetch(client.base(), video["hls_url"].as_str().unwrap()).await;
    assert_eq!(multivariant.status, 200);
    let multivariant = playlist::read_multivariant(&multivariant.text());
    let media = multivariant.variants.iter().map(|variant| &variant.address).chain(&multivariant.audio);
    for address in media {
        let (page, answer) = client.fetch(&page, address).await;
        let media = playlist::read_media(&answer.text());
        found.insert(page.path().to_owned(), hash(&answer.body));
        for file in std::iter::once(&media.init).chain(&media.segments) {
            let (url, answer) = client.fetch(&page, file).await;
            assert_eq!(answer.status, 200, "{url}");
            found.insert(url.path().to_owned(), hash(&answer.body));
        }
    }
    let (poster, answer) = client.fetch(client.base(), video["poster_url"].as_str().unwrap()).await;
    found.insert(poster.path().to_owned(), hash(&answer.body));
    assert!(found.len() > 5, "{found:?}");
    found
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
