//! The media process: what it cannot do, what ends it, and that it never stays behind.

mod lines;
mod log;
mod parents;
mod sandbox;
mod watchdog;
