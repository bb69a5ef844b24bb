//! Turns an uploaded film into verified segments, with libav in a sandboxed child.
//!
//! A reading list: [`probe`] says what a film is, [`plan`] decides everything about its segments, [`span`] names a
//! piece of that work, [`jail`] has it done by a media process, [`error`] says why not. Inside the media process
//! `pipeline` is the one page that wires the stages, and `av` the only room that touches libav.

mod av;
pub mod error;
pub mod jail;
pub mod limits;
mod pipeline;
pub mod plan;
pub mod probe;
pub mod span;
