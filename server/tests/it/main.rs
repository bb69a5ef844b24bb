//! The server's integration tests: one binary, a module for each part.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it did not expect")]

mod accounts;
mod commands;
mod config;
mod delivery;
mod schemas;
mod tls;
mod whole_way;
