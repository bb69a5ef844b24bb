//! Benches of the libraries, and what they share.

pub mod clip;
