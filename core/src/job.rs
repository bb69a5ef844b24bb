//! Work under a lease: who holds it, and the fence number that makes late writes harmless.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a lease lasts without a heartbeat.
pub const LEASE: Duration = Duration::from_secs(30);

/// How long a lease still lasts once a viewer waits for what its job makes, unless the holder shows that it lives: nobody
/// waits for one that died. A holder looks every second.
pub const LEASE_BEFORE_VIEWERS: Duration = Duration::from_millis(3500);

/// How often a holder renews its lease.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

/// What a job asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum JobKind {
    /// Probe the mezzanine and lay the plan.
    Plan,
    /// Make a run of consecutive segments of every rung.
    Span,
    /// Take the poster again, or the one that the owner chose.
    Poster,
    /// Make every track of captions.
    Captions,
    /// Merge a complete plan's records into its sidecars.
    Sidecars,
}

/// The right to write the results of one job, until it expires or is taken over.
///
/// A takeover raises `fence`; a write that names an older fence, or another token, changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Random, made at every claim.
    pub token: Uuid,
    /// Grows with every claim of the same job.
    pub fence: i64,
}
