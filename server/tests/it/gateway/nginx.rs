//! nginx with the files of deploy/nginx, of which only the addresses are changed.

use std::{
    fs::{self, File},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_secs(20);

/// A running nginx; it ends, and its folder goes, when it drops.
pub struct Nginx {
    folder: TempDir,
    base: String,
    process: Child,
}

/// Where nginx finds the others, as `address:port`.
pub struct Upstreams {
    pub api: [String; 2],
    pub storage: String,
}

impl Nginx {
    /// Starts one; `None`, and says so, where there is no nginx.
    pub fn start(upstreams: &Upstreams) -> Option<Self> {
        let Some(program) = program() else {
            println!("SKIP: there is no nginx on this machine; scripts/nginx ensure fetches one");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        copy_settings(folder.path(), port, upstreams);
        fs::create_dir(folder.path().join("run")).unwrap();
        let log = File::create(folder.path().join("nginx.log")).unwrap();
        let mut command = Command::new(program);
        command.args(["-e", "stderr", "-p"]).arg(folder.path().join("run"));
        command.arg("-c").arg(folder.path().join("nginx.conf"));
        // As root nginx gives its rights to a user who may not look into this folder.
        let user = if getuid().is_root() { "user root;" } else { "" };
        command.args(["-g", &format!("daemon off; {user}")]);
        let process =
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().expect("nginx starts");
        let mut nginx = Self { folder, base: format!("http://127.0.0.1:{port}"), process };
        nginx.wait_until_ready(port);
        Some(nginx)
    }

    /// Its address, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What it wrote: a line a request, and what it complained about.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("nginx.log")).unwrap_or_default()
    }

    fn wait_until_ready(&mut self, port: u16) {
        let deadline = Instant::now() + READY_WITHIN;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("nginx ended with {status}:\n{}", self.log());
            }
            assert!(Instant::now() < deadline, "nginx is not ready:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended already. Its workers end with it.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("nginx' log:\n{}", self.log());
        }
    }
}

/// A port that was free just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn program() -> Option<PathBuf> {
    let found = Command::new(root().join("scripts/nginx")).arg("find").output().unwrap();
    let path = String::from_utf8(found.stdout).unwrap();
    found.status.success().then(|| PathBuf::from(path.trim()))
}

/// Every address that stands in the shipped files must be met: one that is not means that they have changed.
fn copy_settings(folder: &Path, port: u16, upstreams: &Upstreams) {
    let [first, second] = &upstreams.api;
    let addresses = [
        ("listen.conf", "listen 8080;", format!("listen 127.0.0.1:{port};")),
        ("upstreams.conf", "server api-1:8080 ", format!("server {first} ")),
        ("upstreams.conf", "server api-2:8080 ", format!("server {second} ")),
        ("upstreams.conf", "server storage:7070 ", format!("server {} ", upstreams.storage)),
    ];
    for file in fs::read_dir(root().join("deploy/nginx")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let mut text = fs::read_to_string(&path).unwrap();
        for (_, shipped, here) in addresses.iter().filter(|(of, _, _)| *of == name) {
            assert_eq!(text.matches(shipped).count(), 1, "{shipped} in {name}");
            text = text.replace(shipped, here);
        }
        fs::write(folder.join(name), text).unwrap();
    }
}
