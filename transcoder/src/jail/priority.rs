//! How much of the machine a media process may take from others that want it too.

/// A media process's claim on the processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// As the process that started it: what a person at a command line expects.
    AsParent,
    /// Behind everything else, by a low weight: a viewer waits for it, and the site must stay quick.
    Low,
    /// Only what nobody else wants (sched(7), SCHED_IDLE): a waking server thread never waits for an encoder's turn to
    /// end. With nothing else to run it has the whole machine.
    Idle,
}

impl Priority {
    /// The word on the media process's command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::AsParent => "as-parent",
            Self::Low => "low",
            Self::Idle => "idle",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::AsParent, Self::Low, Self::Idle].into_iter().find(|priority| priority.word() == word)
    }

    /// Gives the calling process this claim; threads started later inherit it. A system that refuses leaves the
    /// process as it was, which costs the site some quickness and nothing else.
    pub(super) fn take(self) {
        match self {
            Self::AsParent => {}
            Self::Low => {
                let _ = rustix::process::nice(10);
            }
            Self::Idle => {
                let _ = rustix::process::nice(19);
                #[expect(unsafe_code, reason = "no safe crate sets a scheduling policy")]
                // SAFETY: 0 names the calling thread; the structure lives through the call, which only reads it.
                unsafe {
                    let parameters = libc::sched_param { sched_priority: 0 };
                    libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const parameters);
                }
            }
        }
    }
}

/// Lets the media process's other threads go before the calling one, by so many steps of its nice value, which on Linux
/// is a thread's own (setpriority(2)). A system that refuses costs some speed and nothing else.
pub fn stand_back(steps: i32) {
    let _ = rustix::process::nice(steps);
}
