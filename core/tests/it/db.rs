//! Repositories, each on both databases.

mod accounts;
mod films;
mod garbage;
mod jobs;
mod leases;
mod outbox;
mod plans;
mod uploads;
mod videos;
