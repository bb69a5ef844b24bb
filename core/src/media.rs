//! What a film is cut into: codecs, rungs, the segment grid, renditions.

pub mod codec;
pub mod grid;
pub mod ladder;
mod levels;
pub mod rational;
pub mod rendition;
pub mod sidecar;

pub use codec::{AudioCodec, H264Level, UnknownCodec, VideoCodec, VideoLevel};
pub use grid::{GridError, SegmentGrid};
pub use ladder::{Ladder, PictureSize, Rung};
pub use rational::Rational;
pub use rendition::{RenditionName, RenditionNameError};
pub use sidecar::{SidecarName, SidecarNameError};
