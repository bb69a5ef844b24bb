//! The server's integration tests: one binary, a module for each part.

mod accounts;
mod commands;
mod config;
mod delivery;
mod schemas;
mod tls;
mod whole_way;
