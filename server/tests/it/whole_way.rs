//! The real binary as a process of its own, driven over HTTP from sign-up to deletion, and fed what people should not send.

pub mod client;
pub mod film;
mod platform;
pub mod playlist;

mod bad_input;
mod fairness;
mod main_job;
mod restart;
mod roles;
mod through_kafka;
