//! What a media process costs, seen from outside: resident memory, CPU time, and whether it still works.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::{error::MediaErrorCode, limits::Limits};

/// How often a media process is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(200);

/// CPU time and memory of one job.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub cpu_ms: u64,
    pub peak_rss_bytes: u64,
}

/// Watches one media process for one job.
#[derive(Debug)]
pub struct Watchdog {
    pid: u32,
    limits: Limits,
    cpu_budget_ms: u64,
    cpu_at_start_ms: u64,
    usage: Usage,
    /// When it last showed a sign of work, moved on by the time it waited for us; and its CPU time then.
    last_sign: Instant,
    cpu_at_last_sign_ms: u64,
    seen_work: bool,
}

impl Watchdog {
    /// Starts watching.
    pub fn new(pid: u32, limits: &Limits, cpu_budget_ms: u64) -> Self {
        let cpu_at_start_ms = cpu_ms(pid).unwrap_or(0);
        Self {
            pid,
            limits: limits.clone(),
            cpu_budget_ms,
            cpu_at_start_ms,
            usage: Usage::default(),
            last_sign: Instant::now(),
            cpu_at_last_sign_ms: cpu_at_start_ms,
            seen_work: false,
        }
    }

    /// The process showed a sign of work.
    pub fn saw_work(&mut self) {
        self.seen_work = true;
        self.last_sign = Instant::now();
        self.cpu_at_last_sign_ms = cpu_ms(self.pid).unwrap_or(self.cpu_at_last_sign_ms);
    }

    /// The process waited this long for the parent; not its fault.
    pub fn forgive(&mut self, waited: Duration) {
        self.last_sign += waited;
    }

    /// What the job has cost so far.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Looks at the process.
    ///
    /// # Errors
    /// The code to end it with, where it passed a limit.
    pub fn look(&mut self) -> Result<(), MediaErrorCode> {
        if let Some(rss) = rss_bytes(self.pid) {
            self.usage.peak_rss_bytes = self.usage.peak_rss_bytes.max(rss);
            if rss > self.limits.resident_bytes {
                return Err(MediaErrorCode::TooMuchMemory);
            }
        }
        // A process that is gone is noticed at its socket.
        let Some(cpu_now_ms) = cpu_ms(self.pid) else { return Ok(()) };
        self.usage.cpu_ms = cpu_now_ms.saturating_sub(self.cpu_at_start_ms);
        if self.usage.cpu_ms > self.cpu_budget_ms {
            return Err(MediaErrorCode::TooCostly);
        }
        let allowed_ms = if self.seen_work { self.limits.progress_ms } else { self.limits.first_output_ms };
        let idle_ms = u64::try_from(self.last_sign.elapsed().as_millis()).unwrap_or(u64::MAX);
        let spent_ms = cpu_now_ms.saturating_sub(self.cpu_at_last_sign_ms);
        // On a crowded machine a sound process gets little of the CPU: it is to blame only for what it had, or after
        // four times as long.
        if idle_ms > allowed_ms && (spent_ms > allowed_ms / 2 || idle_ms > allowed_ms * 4) {
            return Err(MediaErrorCode::MediaProcessTimeout);
        }
        Ok(())
    }
}

/// Resident memory (proc(5), `/proc/[pid]/statm`).
fn rss_bytes(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(u64::try_from(rustix::param::page_size()).ok()?)
}

/// User and system time of all threads (proc(5), `/proc/[pid]/stat`, fields 14 and 15).
fn cpu_ms(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses and may hold spaces.
    let after_name = text.rsplit_once(')')?.1;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) * 1_000 / rustix::param::clock_ticks_per_second().max(1))
}
