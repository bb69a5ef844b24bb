//! The transcoder's integration tests, one binary.

mod folder;
mod media;
mod package;
mod support;
mod worker;
