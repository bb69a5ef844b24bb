//! Repositories, each on both databases.

mod accounts;
mod contention;
mod copy;
mod credentials;
mod films;
mod full;
mod garbage;
mod jobs;
mod keys;
mod killed;
mod killed_postgres;
mod leases;
mod look;
mod outbox;
mod plans;
mod remake;
mod schema;
mod stale;
mod statements;
mod uploads;
mod videos;
