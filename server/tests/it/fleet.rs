//! The binary as several processes over one database and one storage: they share films, are killed at named points, frozen,
//! cut off and stopped, and nothing is lost.

mod audit;
mod column;
mod faulty_bucket;
mod person;
mod platform;
mod process;
mod random;
mod reference;

mod crash;
mod frozen;
mod full_disk;
mod power_cut;
mod restarts;
mod services;
mod sharing;
mod stopping;
