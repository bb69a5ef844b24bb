//! The server's integration tests: one binary, a module for each part.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it did not expect")]

mod accounts;
#[path = "../../../core/tests/it/store/s3.rs"]
mod bucket;
mod commands;
mod config;
mod delivery;
mod deployment;
mod doctor;
mod fleet;
mod gateway;
mod library;
mod observability;
mod schemas;
mod tls;
mod whole_way;
