//! Repositories, each on both databases.

mod accounts;
mod contention;
mod films;
mod full;
mod garbage;
mod jobs;
mod killed;
mod leases;
mod look;
mod outbox;
mod plans;
mod remake;
mod stale;
mod uploads;
mod videos;
