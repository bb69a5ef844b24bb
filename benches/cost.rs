//! What a command costs: time on the wall and CPU time of it and all it started; and, in a run of its own, their memory
//! together, as looking at that takes a tenth of a core and holds up whom it looks at.

use std::{
    ffi::OsString,
    fs,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::Context;

/// One run's cost.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    pub wall_s: f64,
    /// User and system time of the command and of every child that was waited for.
    pub cpu_s: f64,
}

impl Cost {
    /// Commands that run one after the other.
    pub fn in_turn(costs: &[Self]) -> Self {
        costs
            .iter()
            .fold(Self::default(), |sum, cost| Self { wall_s: sum.wall_s + cost.wall_s, cpu_s: sum.cpu_s + cost.cpu_s })
    }
}

/// Runs a command to its end.
///
/// # Errors
/// Where it cannot be started or fails; its own words are in the error.
pub fn run(command: &[OsString]) -> anyhow::Result<Cost> {
    // The shell's own `time` counts all that was waited for, to the millisecond.
    let mut shell = Command::new("bash");
    shell.args(["-c", "TIMEFORMAT='cost %3R %3U %3S'; time \"$@\"", "bash"]).args(command);
    let text = words_of(start(&mut shell)?, command)?;
    let line = text.lines().rev().find_map(|line| line.strip_prefix("cost ")).context("bash told no times")?;
    let times: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let [wall_s, user_s, system_s] = times[..] else { anyhow::bail!("bash told other times: {line}") };
    Ok(Cost { wall_s, cpu_s: user_s + system_s })
}

/// Runs a command to its end: the largest sum of the resident memory of all its processes, looked at every 20 ms. What
/// they share is counted once.
///
/// # Errors
/// Where it cannot be started or fails; its own words are in the error.
pub fn peak_bytes(command: &[OsString]) -> anyhow::Result<u64> {
    let (program, arguments) = command.split_first().context("a command has a program")?;
    let child = start(Command::new(program).args(arguments))?;
    let group = child.id();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut peak = 0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(resident_bytes(group));
                thread::sleep(Duration::from_millis(20));
            }
            peak
        });
        let words = words_of(child, command);
        done.store(true, Ordering::Relaxed);
        let peak = watch.join().map_err(|_| anyhow::anyhow!("the watch on memory ended"))?;
        words.map(|_| peak)
    })
}

/// In a process group of its own.
fn start(command: &mut Command) -> anyhow::Result<Child> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("starting a command that is measured")
}

/// What it wrote to its standard error until it ended well.
fn words_of(child: Child, command: &[OsString]) -> anyhow::Result<String> {
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    anyhow::ensure!(output.status.success(), "{command:?} failed: {text}");
    Ok(text)
}

/// Resident memory of a process group: the sum of its processes' proportional set sizes (proc(5), `smaps_rollup`), in
/// which a page that two of them share, a library's say, counts half in each.
fn resident_bytes(group: u32) -> u64 {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let kibibytes = entries.flatten().filter_map(|entry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        if fields.get(2)?.parse() != Ok(group) {
            return None;
        }
        let rollup = fs::read_to_string(entry.path().join("smaps_rollup")).ok()?;
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        pss.split_ascii_whitespace().next()?.parse::<u64>().ok()
    });
    kibibytes.sum::<u64>() * 1_024
}
