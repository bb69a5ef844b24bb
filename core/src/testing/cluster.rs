//! A PostgreSQL of a test's own, durable as in operation: to kill, to copy as a replica, to reach over TLS.

use std::{
    io::Write,
    net::TcpListener,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
use tempfile::TempDir;

const USER: &str = "mutoscope";
const WITHIN: Duration = Duration::from_secs(60);

/// A server on a free port of loopback; it is gone when this drops.
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    password: String,
    port: u16,
    settings: Vec<String>,
    process: Child,
}

/// What is special about a server.
#[derive(Debug, Default)]
pub struct ClusterSettings<'a> {
    /// As `ssl=on`.
    pub settings: &'a [&'a str],
    /// Files in its data folder, for its eyes only.
    pub files: &'a [(&'a str, &'a [u8])],
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Connections are ended, transactions rolled back, and what is in memory is written.
    Fast,
    /// At once, as by a crash: the next start recovers from the log.
    Immediate,
}

impl Cluster {
    /// Makes and starts one; `None`, with a line that says so, where the server's programs are not installed.
    pub async fn start(settings: ClusterSettings<'_>) -> Option<Self> {
        let Some(programs) = find_programs() else {
            eprintln!("SKIP on a PostgreSQL of its own: no server programs are installed (Debian: package postgresql)");
            return None;
        };
        let folder = new_folder();
        let password = uuid::Uuid::new_v4().simple().to_string();
        let password_file = folder.path().join("password");
        write_for_server(&password_file, password.as_bytes());
        let data = folder.path().join("data");
        let made = as_server(&programs.join("initdb"), folder.path())
            .arg(format!("--pgdata={}", data.display()))
            .arg(format!("--username={USER}"))
            .arg(format!("--pwfile={}", password_file.display()))
            .args(["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        for (name, bytes) in settings.files {
            write_for_server(&data.join(name), bytes);
        }
        let settings = settings.settings.iter().map(|setting| (*setting).to_owned()).collect();
        Some(Self::launch(programs, folder, password, settings).await)
    }

    /// A streaming replica of this one.
    pub async fn replica(&self) -> Self {
        let folder = new_folder();
        let copied = as_server(&self.programs.join("pg_basebackup"), folder.path())
            .env("PGPASSWORD", &self.password)
            .args(["-h", "127.0.0.1", "-U", USER, "-p", &self.port.to_string()])
            .args(["-X", "stream", "-c", "fast", "-R", "--no-sync", "-D"])
            .arg(folder.path().join("data"))
            .output()
            .expect("pg_basebackup runs");
        assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
        Self::launch(self.programs.clone(), folder, self.password.clone(), Vec::new()).await
    }

    async fn launch(programs: PathBuf, folder: TempDir, password: String, settings: Vec<String>) -> Self {
        let port = free_port();
        let process = spawn(&programs, folder.path(), port, &settings);
        let mut cluster = Self { programs, folder, password, port, settings, process };
        cluster.wait_until_ready().await;
        cluster
    }

    /// Its address, with the password, and with `more` behind it (`?sslmode=..`).
    pub fn url(&self, more: &str) -> String {
        self.url_with(&self.password, more)
    }

    /// The same with another password.
    pub fn url_with(&self, password: &str, more: &str) -> String {
        format!("postgres://{USER}:{password}@127.0.0.1:{}/postgres{more}", self.port)
    }

    /// Kills the server without a warning.
    pub fn kill(&mut self) {
        self.process.kill().expect("the server is killed");
        self.process.wait().expect("the server is gone");
    }

    /// Stops the server as an operator does, and waits for its end.
    pub async fn stop(&mut self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        let mut command = as_server(&self.programs.join("pg_ctl"), self.folder.path());
        command.args(["stop", "--wait", "--mode", mode, "--pgdata"]).arg(self.folder.path().join("data"));
        // Whoever uses the server goes on meanwhile.
        let stopped = tokio::task::spawn_blocking(move || command.output()).await;
        let stopped = stopped.expect("the call ends").expect("pg_ctl runs");
        assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
        self.process.wait().expect("the server is gone");
    }

    /// Starts it after a kill or a stop.
    pub async fn restart(&mut self) {
        let began = Instant::now();
        loop {
            self.process = spawn(&self.programs, self.folder.path(), self.port, &self.settings);
            if self.is_ready_within(WITHIN).await {
                return;
            }
            // What the killed one left may still be about to end.
            assert!(began.elapsed() < WITHIN, "{}", self.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Keeps a replica where it is; it goes on receiving.
    pub async fn pause_replay(&self) {
        self.run("SELECT pg_wal_replay_pause()").await;
        let began = Instant::now();
        while self.text("SELECT pg_get_wal_replay_pause_state()").await != "paused" {
            assert!(began.elapsed() < WITHIN, "the replica does not pause");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets it go on.
    pub async fn resume_replay(&self) {
        self.run("SELECT pg_wal_replay_resume()").await;
    }

    async fn run(&self, sql: &'static str) {
        let mut connection = self.options().connect().await.expect("PostgreSQL answers");
        sqlx::query(sql).execute(&mut connection).await.expect("it does so");
        connection.close().await.expect("the connection closes");
    }

    async fn text(&self, sql: &'static str) -> String {
        let mut connection = self.options().connect().await.expect("PostgreSQL answers");
        let (text,): (String,) = sqlx::query_as(sql).fetch_one(&mut connection).await.expect("it says so");
        connection.close().await.expect("the connection closes");
        text
    }

    fn options(&self) -> PgConnectOptions {
        self.url("?sslmode=prefer").parse().expect("a PostgreSQL address")
    }

    async fn wait_until_ready(&mut self) {
        assert!(self.is_ready_within(WITHIN).await, "{}", self.log());
    }

    /// `false` where the process has ended before.
    async fn is_ready_within(&mut self, within: Duration) -> bool {
        let began = Instant::now();
        loop {
            if let Ok(connection) = self.options().connect().await {
                connection.close().await.expect("the connection closes");
                return true;
            }
            if self.process.try_wait().expect("the process can be asked").is_some() {
                return false;
            }
            assert!(began.elapsed() < within, "PostgreSQL does not answer:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("server.log")).expect("a log file");
    let mut command = as_server(&programs.join("postgres"), folder);
    command.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
    let fixed =
        ["listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=32MB", "logging_collector=off"];
    for setting in fixed.into_iter().chain(settings.iter().map(String::as_str)) {
        command.args(["-c", setting]);
    }
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("the same file"))
        .stderr(log)
        .spawn()
        .expect("postgres starts")
}

/// A command of the server: never as root, and gone when the test is.
fn as_server(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if let Some(user) = server_user() {
        command.args(["--reuid", user, "--regid", user, "--clear-groups"]);
    }
    command.arg("--").arg(program).current_dir(folder).env_remove("PGPASSWORD");
    command.process_group(0);
    command
}

/// PostgreSQL refuses to run as root: then it runs as the packages' own user. `None`: as whoever runs the test.
fn server_user() -> Option<&'static str> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| {
        use std::os::unix::fs::MetadataExt;
        process.uid() == 0
    });
    is_root.then_some("postgres")
}

fn new_folder() -> TempDir {
    // A root's own TMPDIR may be closed to the server's user.
    let folder = TempDir::with_prefix_in("mutoscope-postgres-", "/tmp").expect("a temporary folder");
    give(folder.path());
    folder
}

fn give(path: &Path) {
    if let Some(user) = server_user() {
        let given = Command::new("chown").arg(format!("{user}:")).arg(path).status().expect("chown runs");
        assert!(given.success(), "the server's user gets {}", path.display());
    }
}

fn write_for_server(path: &Path, bytes: &[u8]) {
    let mut file = std::fs::File::create(path).expect("a file for the server");
    file.set_permissions(std::fs::Permissions::from_mode(0o600)).expect("its mode");
    file.write_all(bytes).expect("its bytes");
    give(path);
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// The newest version that is installed, in Debian's place, else what PATH has.
fn find_programs() -> Option<PathBuf> {
    let number = |path: &Path| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("initdb").exists() && path.join("pg_basebackup").exists())
        .max_by_key(|path| number(path));
    debian.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
    })
}
