//! Roles in processes of their own: the index role alone, api roles that begin with its copy and go on without it.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mutoscope_core::{
    db::{Db, DbSettings},
    testing::{listed_video, make_user},
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{client::Client, platform::free_port};

const WITHIN: Duration = Duration::from_secs(60);

/// What several processes share, in one folder.
struct Site {
    folder: TempDir,
}

/// A process of the site; ends when it drops.
struct Process {
    child: Child,
    log: PathBuf,
}

impl Site {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn database(&self) -> String {
        format!("sqlite://{}", self.path("site.db").display())
    }

    fn start(&self, roles: &str, data: &str, port: u16) -> Process {
        let log = self.path(&format!("{data}.log"));
        let file = std::fs::File::create(&log).expect("a log file");
        let child = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
            .args(["run", "--roles", roles, "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(self.path(data))
            .env_clear()
            .env("HOME", self.folder.path())
            .env("MUTOSCOPE_DATABASE_URL", self.database())
            .env("MUTOSCOPE_STORAGE_URL", format!("file://{}", self.path("objects").display()))
            .env("MUTOSCOPE_SIGNING_KEYS", self.path("signing.json"))
            .env("MUTOSCOPE_SEARCH_SNAPSHOT_EVERY_S", "1")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("the same file"))
            .stderr(file)
            .spawn()
            .expect("the binary starts");
        Process { child, log }
    }
}

impl Process {
    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it is so; fails with the log where the process ends or the time is over.
    async fn until(&mut self, what: &str, is_so: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + WITHIN;
        while !is_so().await {
            let ended = self.child.try_wait().expect("the process can be asked");
            assert!(ended.is_none() && Instant::now() < deadline, "in vain: {what} ({ended:?})\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn stop(mut self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the signal is sent");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}\n{}", self.log());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The place in the log of the newest copy of the index.
fn newest_copy(site: &Site) -> Option<i64> {
    let found = std::fs::read_dir(site.path("objects/search/00001/snapshots")).ok()?;
    let names = found.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|name| name.split_once('-')?.0.parse().ok()).max()
}

async fn hits(client: &Client, query: &str) -> usize {
    let answer = client.get(&format!("search?q={query}")).await;
    answer.json()["hits"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn an_api_role_begins_with_the_index_roles_copy_and_goes_on_without_it() {
    let site = Site { folder: tempfile::tempdir().unwrap() };
    let db = Db::open(&DbSettings { url: site.database(), connections: 2 }).await.unwrap();
    let owner = make_user(&db, "ada").await;
    listed_video(&db, owner, "Lighthouse", "", &[]).await;

    let mut index = site.start("index", "index", free_port());
    index.until("it copies its index", async || newest_copy(&site) > Some(0)).await;
    let before = newest_copy(&site);
    listed_video(&db, owner, "Lighthouse in winter", "", &[]).await;
    index.until("it copies what changed", async || newest_copy(&site) > before).await;
    index.stop();

    let ports = [free_port(), free_port()];
    let mut first = site.start("api", "first", ports[0]);
    let mut second = site.start("api", "second", ports[1]);
    let clients = ports.map(|port| Client::new(&format!("http://127.0.0.1:{port}")));
    for (process, client) in [(&mut first, &clients[0]), (&mut second, &clients[1])] {
        process.until("it is ready", async || client.is_ready().await).await;
        process.until("both are found", async || hits(client, "lighthouse").await == 2).await;
        let log = process.log();
        assert!(log.contains("begins with a copy from the storage"), "{log}");
        assert!(!log.contains("was built from the database"), "{log}");
    }
    listed_video(&db, owner, "Lighthouse by night", "", &[]).await;
    for (process, client) in [(&mut first, &clients[0]), (&mut second, &clients[1])] {
        process.until("what came later is found", async || hits(client, "lighthouse").await == 3).await;
    }

    let mut third = site.start("api", "first", free_port());
    assert_eq!(third.child.wait().unwrap().code(), Some(2), "one process has a data folder: {}", third.log());
    first.stop();
    second.stop();
    db.close().await;
}
