//! What a film may cost: the limits that the caller passes and the media process is held to.

use serde::{Deserialize, Serialize};

/// Limits on one film and on the process that reads it. All of them hold whatever the film's header claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Largest file in bytes.
    pub file_bytes: u64,
    /// Largest coded picture, either way up.
    pub width: u32,
    pub height: u32,
    /// Streams of every kind in the container.
    pub streams: u32,
    /// Frames a second of the source.
    pub frame_rate: u32,
    /// Length of the film in milliseconds.
    pub length_ms: u64,
    /// Resident memory of one media process in bytes; watched from outside.
    pub resident_bytes: u64,
    /// Address space of one media process in bytes; the backstop.
    pub address_space_bytes: u64,
    /// CPU time of one probe in milliseconds.
    pub probe_cpu_ms: u64,
    /// CPU time of one span: this, and `span_cpu_ms_per_megapixel` for each million planned output pixels.
    pub span_cpu_ms: u64,
    pub span_cpu_ms_per_megapixel: u64,
    /// Time to the first sign of work in milliseconds, not counting waits for bytes.
    pub first_output_ms: u64,
    /// Time between two signs of work in milliseconds, not counting waits for bytes.
    pub progress_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 10 << 30,
            width: 8192,
            height: 4320,
            streams: 64,
            frame_rate: 240,
            length_ms: 6 * 3_600_000,
            resident_bytes: 2 << 30,
            address_space_bytes: 8 << 30,
            probe_cpu_ms: 20_000,
            span_cpu_ms: 60_000,
            span_cpu_ms_per_megapixel: 1_000,
            first_output_ms: 10_000,
            progress_ms: 30_000,
        }
    }
}

impl Limits {
    /// Whether a coded picture of this size is allowed, either way up.
    pub fn allows_picture(&self, width: u32, height: u32) -> bool {
        let (long, short) = (width.max(height), width.min(height));
        long <= self.width.max(self.height) && short <= self.width.min(self.height)
    }

    /// Pixels of the largest allowed picture in memory: decoders round sides up before they ask whether there is room.
    pub fn picture_pixels(&self) -> u64 {
        let side = |side: u32| u64::from(side).next_multiple_of(128);
        side(self.width) * side(self.height)
    }
}
