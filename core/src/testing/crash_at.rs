//! What a [`Point`] does in a build for tests: ends this very process, as `kill -9` does, where a file says so.

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
};

use rustix::process::{Signal, getpid, kill_process};

use crate::crash::Point;

/// Names the file of the order; not a setting of ours, which would begin with `MUTOSCOPE_`. In the file stands
/// `POINT COUNT SERIAL`: the first process that comes to the point for the `COUNT`-th time since that order takes the file
/// away and is killed. The serial tells an order from the same one before it.
pub const VARIABLE: &str = "TEST_CRASH_ORDER";

/// The process has come to `point`, and may go no further.
pub fn reached(point: Point) {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    static REACHED: Mutex<Option<HashMap<String, u64>>> = Mutex::new(None);
    let Some(file) = FILE.get_or_init(|| std::env::var_os(VARIABLE).map(PathBuf::from)) else { return };
    let Ok(order) = fs::read_to_string(file) else { return };
    let mut words = order.split(' ');
    let (Some(name), Some(count)) = (words.next(), words.next().and_then(|count| count.parse::<u64>().ok())) else {
        return;
    };
    if name != point.name() {
        return;
    }
    let mut counts = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    let reached = counts.get_or_insert_default().entry(order.clone()).or_default();
    *reached += 1;
    // Of several processes that come here at once, one can move the file away.
    if *reached < count || fs::rename(file, file.with_extension("fired")).is_err() {
        return;
    }
    // No thread of ours runs on after this: the signal can't be caught, and the process is gone when the call returns.
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort();
}
