//! What libav complains about without calling it an error: concealed damage, missing references, broken containers.

use std::cell::Cell;

use ffmpeg_next::ffi;

thread_local! {
    static HEARD: Cell<u64> = const { Cell::new(0) };
}

/// Said below the level of a warning, and a sign all the same that what comes now depends on what came before.
const QUIET_SIGNS: [&str; 2] = ["concealing", "reorder buffer"];

/// Takes note of a message, on the thread that libav says it on.
pub fn note(level: i32, text: &str) {
    let is_sign = || level <= ffi::AV_LOG_VERBOSE && QUIET_SIGNS.iter().any(|sign| text.contains(sign));
    if level <= ffi::AV_LOG_WARNING || is_sign() {
        HEARD.with(|heard| heard.set(heard.get().wrapping_add(1)));
    }
}

/// How many complaints this thread has heard: another number than before is a new one.
pub fn heard() -> u64 {
    HEARD.with(Cell::get)
}
