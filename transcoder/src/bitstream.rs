//! Coded streams as far as carrying them over needs them read: H.264 access units and AAC frames. Pure, no libav.

pub mod aac;
mod bits;
pub mod h264;
pub mod sps;
