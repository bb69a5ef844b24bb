//! Named points at which the crash suite kills this process.
//!
//! In a build without the feature `testing`, as every build for use is, a point is an empty function: no variable is read
//! and nothing can be killed by it. `server/tests/it/crash` says what is held against the platform after each kill.

macro_rules! points {
    ($($(#[doc = $what:literal])+ $variant:ident = $name:literal;)+) => {
        /// A point in the way of a film, named by what has just happened. Where there is no Kafka, nobody takes in wake-ups.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Point {
            $($(#[doc = $what])+ $variant,)+
        }

        impl Point {
            /// All of them, in the order in which a film comes by.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As the variable of the suite names it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

points! {
    /// The object of an upload's part is there, and its row does not say so yet.
    PartPut = "part_put";
    /// All parts were looked at, and the row of the upload is not written.
    Completing = "completing";
    /// The rows of a completed upload are written, and its event is not, in an open transaction.
    RowAndOutbox = "row_and_outbox";
    /// Events have their places in the log (or are with Kafka), and nobody was told.
    EventSent = "event_sent";
    /// The search index has read events, and done nothing about them.
    IndexRead = "index_read";
    /// The search index holds what events told, and nobody was told.
    IndexDone = "index_done";
    /// Who takes in wake-ups has read events, and the job's row is not written.
    EventRead = "event_read";
    /// The job's row is there, and the place in the events is not moved on.
    EventDone = "event_done";
    /// A job is taken, and nothing is done of it.
    LeaseTaken = "lease_taken";
    /// A media process is in the middle of a segment.
    MidSegment = "mid_segment";
    /// Objects of segments are there, and their rows are not.
    SegmentPut = "segment_put";
    /// The objects of a plan's last segments are there, and their rows are not.
    LastPut = "last_put";
    /// A film is switched to another state, in an open transaction.
    InSwitch = "in_switch";
    /// A film plays by another plan, and what the old one made is not swept.
    Switched = "switched";
}

/// The process has come to `point`.
#[cfg(not(feature = "testing"))]
#[inline(always)]
pub const fn reached(_point: Point) {}

#[cfg(feature = "testing")]
pub use crate::testing::crash_at::reached;
