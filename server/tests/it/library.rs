//! Whole libraries and several processes on one: moved, backed up and restored by the real binary, read from a replica,
//! upgraded while it runs.

mod backups;
mod moving;
mod place;
mod replica;
mod rolling;
