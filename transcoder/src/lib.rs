//! Turns an uploaded film into verified segments, with libav in a sandboxed child.
//!
//! A reading list: [`probe`] says what a film is, [`plan`] decides everything about its segments, [`span`] names a
//! piece of that work, [`jail`] has it done by a media process, [`error`] says why not. Inside the media process
//! `pipeline` is the one page that wires the stages, and `av` the only room that touches libav. Around it: [`package`]
//! writes playlists and checks what came out, [`record`] notes what becomes storyboard, scene cuts and loudness, [`publish`] stores it, [`worker`] is the role that does so job by job,
//! [`demand`] how a viewer gets a segment made first, [`folder`] the same engine without a platform.

mod av;
mod bitstream;
pub mod demand;
pub mod error;
pub mod folder;
pub mod jail;
pub mod limits;
pub mod package;
mod pipeline;
pub mod plan;
pub mod probe;
pub mod publish;
pub mod record;
pub mod span;
pub mod worker;
