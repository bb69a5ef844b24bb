//! Wake-ups: the outbox read as a log, in order, with a stored cursor per consumer.

pub mod log;
