//! Tests of search: the port's suite on the embedded index, the consumer on both databases, damage and crashes.

mod any_text;
mod consumer;
mod crash;
mod damage;
mod platform;
mod suite;
