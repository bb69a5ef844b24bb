//! Coded streams as far as carrying them over needs them read: H.264 access units, AAC frames, headers of AV1. Pure, no libav.

pub mod aac;
pub mod av1;
mod bits;
pub mod h264;
pub mod sps;
