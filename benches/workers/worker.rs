//! Processes of the binary over one database and one folder.

use std::{
    io::Read,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::Context;

/// What all of them share.
pub struct Platform {
    pub binary: PathBuf,
    pub database_url: String,
    pub folder: PathBuf,
}

/// A worker that runs.
pub struct Worker {
    child: Child,
}

impl Platform {
    /// A command on the platform; what it printed.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(&self.binary);
        command.args(arguments).arg("--data").arg(self.folder.join("commands"));
        let output = self.settle(&mut command).output().with_context(|| format!("{arguments:?}"))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{arguments:?} failed: {complaint}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts worker `n` on one core, in a process group of its own whose cost the shell counts.
    pub fn start_worker(&self, n: usize, core: u32) -> anyhow::Result<Worker> {
        let data = self.folder.join(format!("worker-{n}"));
        let mut command = Command::new("bash");
        command
            .args(["-c", "trap : TERM; TIMEFORMAT='cost %3U %3S'; time \"$@\"", "bash", "taskset", "-c"])
            .arg(core.to_string())
            .arg(&self.binary)
            .args(["run", "--roles", "transcode", "--data"])
            .arg(&data);
        let child = self
            .settle(&mut command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("starting a worker")?;
        Ok(Worker { child })
    }

    fn settle<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("MUTOSCOPE_DATABASE_URL", &self.database_url)
            .env("MUTOSCOPE_STORAGE_URL", file_url(&self.folder.join("objects")))
            .env("MUTOSCOPE_LADDER", "1080,720,480,360")
            .env("MUTOSCOPE_CARRY_OVER", "false")
            .env("MUTOSCOPE_LOG_LEVEL", "error")
            .env_remove("MUTOSCOPE_BINARY")
            .env_remove("MUTOSCOPE_TEST_POSTGRES_URL")
    }
}

impl Worker {
    /// Stops it; the processor time that it and its media processes took, in seconds.
    pub fn stop(mut self) -> anyhow::Result<f64> {
        let group = format!("-{}", self.child.id());
        let sent = Command::new("kill").args(["-TERM", "--", &group]).status().context("the kill program")?;
        anyhow::ensure!(sent.success(), "a worker has ended before it was asked to");
        let mut told = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut told)?;
        }
        self.child.wait()?;
        let line = told.lines().rev().find_map(|line| line.strip_prefix("cost ")).with_context(|| told.clone())?;
        line.split(' ').map(|time| Ok(time.parse::<f64>()?)).sum()
    }
}

fn file_url(folder: &Path) -> String {
    format!("file://{}", folder.display())
}
