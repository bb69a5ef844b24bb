//! What a media process costs, seen from outside: resident memory, CPU time, and whether it still works.

use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, Instant},
};

use crate::{error::MediaErrorCode, limits::Limits};

/// How often a media process is looked at: memory can be filled at some gigabytes a second.
pub const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often it is asked what it waited for.
const WAITS_EVERY: Duration = Duration::from_millis(200);
/// Not looked at for longer than this, we were held up ourselves, as on a machine that was stopped for a while: no sign
/// could have been seen.
const HELD_UP: Duration = Duration::from_secs(1);
/// However crowded the machine is, a process without a sign of work is ended after so many times the allowed while.
const MOST_PATIENCE: u64 = 4;

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
    /// When it last showed a sign of work.
    last_sign: Instant,
    /// How long it has waited since then for us, or for its turn on a processor: not its fault.
    excused: Duration,
    /// What each thread had had of the processors, and when that was last asked.
    turns: BTreeMap<u32, Turns>,
    waits_asked: Instant,
    seen_work: bool,
    last_look: Instant,
    /// The part of `excused` that was ours.
    forgiven: Duration,
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
            excused: Duration::ZERO,
            turns: turns_of(pid),
            waits_asked: Instant::now(),
            seen_work: false,
            last_look: Instant::now(),
            forgiven: Duration::ZERO,
        }
    }

    /// The process showed a sign of work.
    pub fn saw_work(&mut self) {
        self.seen_work = true;
        self.last_sign = Instant::now();
        self.excused = Duration::ZERO;
        self.forgiven = Duration::ZERO;
    }

    /// The process waited this long for the parent; not its fault.
    pub fn forgive(&mut self, waited: Duration) {
        self.last_look = Instant::now();
        self.excused += waited;
        self.forgiven += waited;
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
        let unseen = self.last_look.elapsed();
        self.last_look = Instant::now();
        if unseen > HELD_UP {
            self.forgive(unseen);
        }
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
        self.excuse_waits();
        let allowed_ms = if self.seen_work { self.limits.progress_ms } else { self.limits.first_output_ms };
        let idle = self.last_sign.elapsed();
        let allowed = Duration::from_millis(allowed_ms);
        let most = Duration::from_millis(allowed_ms.saturating_mul(MOST_PATIENCE)).saturating_add(self.forgiven);
        if idle.saturating_sub(self.excused) > allowed || idle > most {
            return Err(MediaErrorCode::MediaProcessTimeout);
        }
        Ok(())
    }

    /// On a crowded machine a sound process waits for its turn; one that sleeps, or has its turn, does not.
    fn excuse_waits(&mut self) {
        let since = self.waits_asked.elapsed();
        if since < WAITS_EVERY {
            return;
        }
        self.waits_asked = Instant::now();
        let now = turns_of(self.pid);
        let each = now.iter().map(|(thread, turns)| turns.waited_since(self.turns.get(thread), since));
        // The thread that waited longest may be the one that all others wait for.
        self.excused += each.max().unwrap_or(Duration::ZERO);
        self.turns = now;
    }
}

/// What a thread has had of the processors so far.
#[derive(Debug, Clone, Copy, Default)]
struct Turns {
    ran: Duration,
    waited: Duration,
    /// Whether it runs or waits for its turn.
    wants_one: bool,
}

impl Turns {
    /// How much of the time since then it waited for its turn. The kernel adds a wait up only once it is over: a thread that
    /// wants to run and has not is still in one.
    fn waited_since(&self, earlier: Option<&Self>, since: Duration) -> Duration {
        let before = earlier.copied().unwrap_or_default();
        if self.wants_one && before.wants_one && self.ran == before.ran {
            return since;
        }
        self.waited.saturating_sub(before.waited).min(since)
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

/// What each thread has had (`/proc/[pid]/task/[tid]/schedstat`: nanoseconds run and waited; proc(5), `stat`, field 3: its
/// state). Empty where the kernel does not say.
fn turns_of(pid: u32) -> BTreeMap<u32, Turns> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return BTreeMap::new() };
    let turns_of = |entry: fs::DirEntry| -> Option<(u32, Turns)> {
        let thread = entry.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(entry.path().join("schedstat")).ok()?;
        let mut fields = text.split_ascii_whitespace().map(|field| field.parse().map(Duration::from_nanos));
        let (ran, waited) = (fields.next()?.ok()?, fields.next()?.ok()?);
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let wants_one = stat.rsplit_once(')')?.1.trim_start().starts_with('R');
        Some((thread, Turns { ran, waited, wants_one }))
    };
    threads.filter_map(|entry| turns_of(entry.ok()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A watchdog over this very process, which gave its last sign so many seconds ago and was looked at so many ago.
    fn watchdog(last_sign_s: u64, last_look_s: u64) -> Watchdog {
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        let mut watchdog = Watchdog::new(std::process::id(), &Limits::default(), u64::MAX);
        watchdog.saw_work();
        (watchdog.last_sign, watchdog.last_look) = (ago(last_sign_s), ago(last_look_s));
        watchdog
    }

    #[test]
    fn a_process_without_a_sign_is_ended_but_not_for_time_in_which_nobody_could_look() {
        assert_eq!(watchdog(31, 0).look(), Err(MediaErrorCode::MediaProcessTimeout));
        assert_eq!(watchdog(31, 31).look(), Ok(()));
        assert_eq!(watchdog(300, 300).look(), Ok(()));
        assert_eq!(watchdog(300, 200).look(), Err(MediaErrorCode::MediaProcessTimeout));
        let mut held_up = watchdog(40, 25);
        assert_eq!(held_up.look(), Ok(()));
        held_up.last_sign = held_up.last_sign.checked_sub(Duration::from_secs(16)).unwrap();
        assert_eq!(held_up.look(), Err(MediaErrorCode::MediaProcessTimeout), "the same time is excused once");
    }

    #[test]
    fn a_thread_that_wants_a_turn_and_gets_none_waits_though_the_kernel_has_not_added_it_up() {
        let ms = Duration::from_millis;
        let turns = |ran, waited, wants_one| Turns { ran: ms(ran), waited: ms(waited), wants_one };
        let before = turns(50, 10, true);
        assert_eq!(turns(50, 10, true).waited_since(Some(&before), ms(200)), ms(200));
        assert_eq!(turns(51, 10_000, true).waited_since(Some(&before), ms(200)), ms(200));
        assert_eq!(turns(100, 160, true).waited_since(Some(&before), ms(200)), ms(150));
        assert_eq!(turns(250, 10, true).waited_since(Some(&before), ms(200)), ms(0), "it ran all the time");
        assert_eq!(turns(50, 10, false).waited_since(Some(&turns(50, 10, false)), ms(200)), ms(0), "it sleeps");
    }
}
