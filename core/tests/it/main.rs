//! The integration tests of the ports: every adapter of a port passes one suite.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it did not expect")]

mod bus;
mod db;
mod event;
mod store;
