//! Repositories, each on both databases.

mod leases;
mod outbox;
