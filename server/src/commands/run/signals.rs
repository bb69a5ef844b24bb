//! SIGTERM and SIGINT: the first asks everything to stop, the second does not wait for it.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels `stop` at the first signal, and what it returns at the second.
pub fn listen(stop: CancellationToken) -> io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let second = CancellationToken::new();
    let at_once = second.clone();
    // Ends with the process: it listens as long as there is one.
    drop(tokio::spawn(async move {
        for token in [stop, at_once] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            token.cancel();
        }
    }));
    Ok(second)
}
