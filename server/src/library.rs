//! A whole library on its way from one place to another: its objects, copied and verified, and what is noted on the way.

mod journal;
mod objects;

pub use journal::Journal;
pub use objects::{Faulty, ObjectCopy, Outcome, TransferError};
