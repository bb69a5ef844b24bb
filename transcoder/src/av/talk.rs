//! What libav would print: its own words go to the parent's log, a few lines a process, the film's words nowhere.

use std::{
    ffi::CStr,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
};

use ffmpeg_next::ffi;

/// Lines that one media process passes on. Hostile films make libav talk.
const LINES: u32 = 20;

static LINES_LEFT: AtomicU32 = AtomicU32::new(LINES);
static TRACKS_REFUSED: AtomicBool = AtomicBool::new(false);
static PICTURE_REFUSED: AtomicBool = AtomicBool::new(false);

type Callback = unsafe extern "C" fn(*mut libc::c_void, libc::c_int, *const libc::c_char, *mut libc::c_void);

/// Takes libav's messages over. Called once, before any other thread exists.
pub fn listen() {
    let callback: Callback = hear;
    #[expect(clippy::missing_transmute_annotations, reason = "the type differs between architectures")]
    // SAFETY: a plain setter of a process-wide value. The last parameter of a log callback is a `va_list`, which both
    // x86-64 and arm64 pass as one pointer; its type differs between them, and it is never read here.
    unsafe {
        ffi::av_log_set_callback(Some(std::mem::transmute::<*const (), _>(callback as *const ())));
    }
}

/// Whether libav refused a track because there were too many, since this was last asked. It answers with the same code
/// where there is no memory.
pub fn take_tracks_refused() -> bool {
    TRACKS_REFUSED.swap(false, Ordering::Relaxed)
}

/// Whether libav refused a picture for its size, since this was last asked. It answers as it does to damage, and forgets
/// what size was claimed.
pub fn take_picture_refused() -> bool {
    PICTURE_REFUSED.swap(false, Ordering::Relaxed)
}

/// # Safety
/// `format` is null or a text that ends in zero, for the length of the call.
unsafe extern "C" fn hear(
    _who: *mut libc::c_void,
    level: libc::c_int,
    format: *const libc::c_char,
    _values: *mut libc::c_void,
) {
    if level > ffi::AV_LOG_VERBOSE || format.is_null() {
        return;
    }
    // SAFETY: by libav's word; it writes its messages in its source.
    let format = unsafe { CStr::from_ptr(format) }.to_string_lossy();
    super::complaints::note(level, &format);
    if level > ffi::AV_LOG_ERROR {
        return;
    }
    if format.contains("max_streams") {
        TRACKS_REFUSED.store(true, Ordering::Relaxed);
    }
    if format.contains("Picture size") {
        PICTURE_REFUSED.store(true, Ordering::Relaxed);
    }
    // What stands in the place of `%s` may be the film's own text, and is left out.
    let left = LINES_LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    if left.is_ok() {
        super::log(format!("libav: {}", format.trim_end()));
    }
}
