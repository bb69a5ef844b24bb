//! The integration tests of the ports: every adapter of a port passes one suite.

mod bus;
mod db;
mod event;
mod store;
