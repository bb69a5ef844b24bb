//! One process of the binary, with a data folder of its own.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

/// How a process is started, and started again.
#[derive(Debug, Clone)]
pub struct Role {
    /// Names its data folder and its log.
    pub name: &'static str,
    /// As `--roles` takes them.
    pub roles: &'static str,
    /// Where it is served, where it is.
    pub port: Option<u16>,
    /// Settings of its own.
    pub settings: BTreeMap<String, String>,
}

/// A process that was started; killed when it drops.
#[derive(Debug)]
pub struct Process {
    pub role: Role,
    folder: PathBuf,
    child: Child,
}

impl Process {
    /// Starts it below `folder` with these settings and no others.
    pub fn start(role: Role, folder: &Path, settings: &BTreeMap<String, String>) -> Self {
        let log = File::options().create(true).append(true).open(log_file(folder, &role)).expect("a log file");
        let port = role.port.unwrap_or(0);
        let child = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
            .args(["run", "--roles", role.roles, "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(folder.join(role.name))
            .env_clear()
            .env("HOME", folder)
            .envs(settings)
            .envs(&role.settings)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same file"))
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        Self { role, folder: folder.to_owned(), child }
    }

    /// Starts it again once it has ended.
    pub fn start_again(&mut self, settings: &BTreeMap<String, String>) {
        let again = Self::start(self.role.clone(), &self.folder, settings);
        *self = again;
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the process can be asked").is_some()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("the signal is sent");
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.wait();
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("the process is gone")
    }

    /// The name by which it is known in leases.
    pub fn instance(&self) -> String {
        std::fs::read_to_string(self.folder.join(self.role.name).join("lock")).expect("the name in the lock")
    }

    /// Its media processes, and theirs.
    pub fn descendants(&self) -> Vec<u32> {
        let mut found = Vec::new();
        let mut parents = vec![self.child.id()];
        while let Some(parent) = parents.pop() {
            let children = children_of(parent);
            parents.extend(&children);
            found.extend(children);
        }
        found
    }

    pub fn log_file(&self) -> PathBuf {
        log_file(&self.folder, &self.role)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be stopped, or have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process is there and is no zombie.
pub fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    state.is_some_and(|state| state != 'Z' && state != 'X')
}

fn children_of(parent: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_ascii_whitespace().map(str::parse).collect::<Vec<_>>()).flatten().collect()
}

fn log_file(folder: &Path, role: &Role) -> PathBuf {
    folder.join("logs").join(format!("{}.log", role.name))
}
