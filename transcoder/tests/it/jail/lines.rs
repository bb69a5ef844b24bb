//! Log lines of one test, kept.

use std::{cell::RefCell, sync::Once};

use tracing::callsite;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What `work` logs on this thread.
///
/// One subscriber serves the whole process: with one for each test, `tracing` may ask the thread that reaches a line
/// first, which has none, and then leave that line out for everybody.
pub fn lines_of(work: impl FnOnce()) -> String {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_writer(|| ThisThread).with_ansi(false).finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
        callsite::rebuild_interest_cache();
    });
    LINES.take();
    work();
    String::from_utf8_lossy(&LINES.take()).into_owned()
}

struct ThisThread;

impl std::io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
