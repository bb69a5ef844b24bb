//! The container that a probe has opened, for the job that the same media process does next.

use std::collections::BTreeMap;

use crate::{
    av::input::{FirstPacket, Input},
    limits::Limits,
};

/// An opened container, with what is known of its start. What a long film's index takes to parse counts before its first
/// segment, where somebody waits for it.
pub struct Opened {
    input: Input,
    /// Of each stream that is not ignored.
    first: BTreeMap<u32, FirstPacket>,
    source_bytes: u64,
    limits: Limits,
}

impl Opened {
    /// Keeps what was opened of a film of so many bytes.
    pub fn new(input: Input, first: BTreeMap<u32, FirstPacket>, source_bytes: u64, limits: &Limits) -> Self {
        Self { input, first, source_bytes, limits: limits.clone() }
    }

    /// The container as if freshly opened, for a job on the same film within the same limits; see [`Input::rewound`].
    pub fn rewound(self, source_bytes: u64, limits: &Limits) -> Option<Input> {
        let is_same = self.source_bytes == source_bytes && self.limits == *limits;
        is_same.then(|| self.input.rewound(&self.first)).flatten()
    }
}
