//! A platform of one or several processes, and what a test does to them.

use std::{
    collections::BTreeMap,
    fs,
    net::TcpListener,
    time::{Duration, Instant},
};

use mutoscope_core::{
    crash::Point,
    db::{Db, DbSettings},
    store::MediaStore,
    testing::crash_at,
};
use rustix::process::Signal;
use tempfile::TempDir;

use super::{
    column::{self, Column, Services},
    person::Person,
    process::{Process, Role},
};

/// As long as any step may take in a debug build on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// All of it; gone when it drops.
pub struct Fleet {
    pub column: Column,
    pub db: Db,
    pub store: MediaStore,
    pub services: Services,
    pub processes: Vec<Process>,
    folder: TempDir,
    settings: BTreeMap<String, String>,
    base: String,
    orders: u64,
}

impl Fleet {
    /// The processes of a column, all of them started; `None` where a service is not there, which is said.
    pub async fn start(column: Column) -> Option<Self> {
        let mut fleet = Self::prepare(column).await?;
        for role in fleet.roles() {
            fleet.add(role);
        }
        fleet.until_ready().await;
        Some(fleet)
    }

    /// Services and settings, without a process.
    pub async fn prepare(column: Column) -> Option<Self> {
        Self::prepare_in(column, tempfile::tempdir().expect("a temporary folder")).await
    }

    /// The same, below this folder: `objects`, `database`, `logs`, and one a process for its data.
    pub async fn prepare_in(column: Column, folder: TempDir) -> Option<Self> {
        for below in ["database", "logs"] {
            fs::create_dir_all(folder.path().join(below)).expect("a folder");
        }
        let services = Services::start(column, folder.path()).await?;
        let db = DbSettings { url: services.database_url.clone(), connections: 4 };
        let db = Db::open(&db).await.expect("the database opens");
        let store = MediaStore::open(&services.storage).expect("the storage opens");
        let mut settings = services.settings();
        let mut set = |name: &str, value: String| settings.insert(name.to_owned(), value);
        set("MUTOSCOPE_SIGNING_KEYS", folder.path().join("signing.json").display().to_string());
        set("MUTOSCOPE_LADDER", "180,120".to_owned());
        set("MUTOSCOPE_CARRY_OVER", "false".to_owned());
        set("MUTOSCOPE_LOG_LEVEL", "info,mutoscope_transcoder=debug".to_owned());
        set(crash_at::VARIABLE, folder.path().join("order").display().to_string());
        let base = format!("http://127.0.0.1:{}", free_port());
        Some(Self { column, db, store, services, processes: Vec::new(), folder, settings, base, orders: 0 })
    }

    /// The processes that the column has.
    pub fn roles(&self) -> Vec<Role> {
        let port = self.base.rsplit(':').next().and_then(|port| port.parse().ok());
        column::roles(self.column, port.expect("a port"))
    }

    /// A setting of all processes that are started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    pub fn add(&mut self, role: Role) {
        self.processes.push(Process::start(role, self.folder.path(), &self.settings));
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Person {
        Person::new(&self.base)
    }

    /// Waits until the process that is served can serve.
    pub async fn until_ready(&mut self) {
        let visitor = self.visitor();
        let deadline = Instant::now() + PATIENCE;
        while !visitor.is_ready().await {
            assert!(!self.processes[0].has_ended(), "the server has ended:\n{}", self.processes[0].log());
            assert!(Instant::now() < deadline, "the server is not ready:\n{}", self.processes[0].log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The process of this name.
    pub fn process(&mut self, name: &str) -> &mut Process {
        self.processes.iter_mut().find(|process| process.role.name == name).expect("a process of this name")
    }

    /// The first process that comes to the point for the `count`-th time from now on is killed.
    pub fn order(&mut self, point: Point, count: u64) {
        self.orders += 1;
        let order = self.folder.path().join("order");
        let written = self.folder.path().join("order.new");
        fs::write(&written, format!("{} {count} {}", point.name(), self.orders)).expect("the order is written");
        fs::rename(written, order).expect("the order is given");
    }

    /// Takes an order back; `false` where it was carried out by then.
    pub fn take_back_order(&self) -> bool {
        fs::remove_file(self.folder.path().join("order")).is_ok()
    }

    /// The process that has ended, where one has.
    pub fn ended(&mut self) -> Option<usize> {
        self.processes.iter_mut().position(Process::has_ended)
    }

    pub fn start_again(&mut self, index: usize) {
        self.processes[index].start_again(&self.settings);
    }

    /// Asks all to stop, and waits.
    pub fn stop_all(&mut self) {
        for process in &self.processes {
            process.signal(Signal::TERM);
        }
        for process in &mut self.processes {
            let status = process.wait();
            assert!(status.success(), "{} ended with {status}", process.role.name);
        }
    }

    /// What all processes wrote to their logs.
    pub fn logs(&self) -> String {
        self.processes.iter().map(Process::log).collect()
    }

    /// Removes the database, where it is one of a server.
    pub async fn remove(mut self) {
        self.processes.clear();
        self.db.close().await;
        if let Some(postgres) = self.services.postgres.take() {
            postgres.remove().await;
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for process in &self.processes {
                eprintln!("the log of {}:\n{}", process.role.name, process.log());
            }
        }
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Looks again and again until there is something to see.
pub async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "it never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
