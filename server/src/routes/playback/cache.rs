//! What delivery keeps in memory: parsed plans, and the segments that are asked for now. Bounded in bytes.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use moka::future::Cache;
use mutoscope_core::id::VideoId;

use super::films::Film;

const PLANS_BYTES: u64 = 16 << 20;
const SEGMENTS_BYTES: u64 = 32 << 20;

/// A plan that was retired is forgotten after this.
const PLANS_STAY: Duration = Duration::from_secs(300);

/// A segment that nobody asks for is forgotten after this.
const SEGMENTS_STAY: Duration = Duration::from_secs(120);

/// Cheap to clone; all clones share one cache.
#[derive(Debug, Clone)]
pub struct MediaCache {
    pub(super) films: Cache<(VideoId, String), Arc<Film>>,
    /// By SHA-256: what is in here was held against it.
    pub(super) segments: Cache<String, Bytes>,
}

impl Default for MediaCache {
    fn default() -> Self {
        let films = Cache::builder()
            .max_capacity(PLANS_BYTES)
            .weigher(|_, film: &Arc<Film>| film.weight)
            .time_to_live(PLANS_STAY)
            .build();
        let segments = Cache::builder()
            .max_capacity(SEGMENTS_BYTES)
            .weigher(|_, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX))
            .time_to_idle(SEGMENTS_STAY)
            .build();
        Self { films, segments }
    }
}
