//! Tests of search: the port's suite on every index, the consumer on both databases, damage, crashes and copies.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it did not expect")]

mod any_text;
mod consumer;
mod crash;
mod damage;
mod elastic;
mod platform;
mod snapshots;
mod suite;
