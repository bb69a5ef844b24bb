//! The transcoder's integration tests, one binary.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it did not expect")]

mod captions;
mod carry;
mod codecs;
mod folder;
mod formats;
mod hostile;
mod jail;
mod media;
mod package;
mod purity;
mod record;
mod sound;
mod support;
mod worker;
