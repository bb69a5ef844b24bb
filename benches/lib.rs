//! Benches of the libraries, and what they share.

pub mod arguments;
pub mod bd_rate;
pub mod clip;
pub mod cores;
pub mod cost;
pub mod spread;
