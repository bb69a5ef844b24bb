//! The only room that touches libav. Everything that leaves it is safe: no raw pointer, no unchecked option.
//!
//! Send and receive return a [`Step`]; "try again" and "end" are steps, all else is an error.
#![expect(unsafe_code, reason = "libav is a C library; every block says who owns what, for how long, on which thread")]

pub mod aac;
mod clock;
pub mod codec;
pub mod complaints;
pub mod decode_check;
pub mod decoder;
mod edit_list;
pub mod encoder;
pub mod filter;
pub mod fingerprint;
pub mod frame;
pub mod guess;
pub mod index;
pub mod input;
pub mod jpeg;
pub mod lists;
pub mod muxer;
pub mod parameters;
pub mod pool;
mod quick_scaler;
pub mod reader;
pub mod resampler;
pub mod rung_encoder;
pub mod scaler;
pub mod segment_check;
pub mod streams;
mod svt_av1;
pub mod talk;
pub mod text;
pub mod turn;
mod x264;
mod x265;

pub use ffmpeg_next::{
    Packet, format::Pixel, frame::Audio as AudioFrame, frame::Video as VideoFrame, packet::Flags as PacketFlags,
};

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use ffmpeg_next::ffi;
use mutoscope_core::media::VideoCodec;

use crate::{
    error::{MediaError, MediaErrorCode},
    jail::{Channel, FromChild},
};

/// What a codec said when asked for output or given input.
#[derive(Debug)]
pub enum Step<T> {
    Output(T),
    /// Give it more first.
    NeedInput,
    /// Nothing more will come.
    Drained,
}

/// A call into libav that failed, and its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{during} failed with {code}")]
pub struct AvError {
    pub during: &'static str,
    pub code: i32,
}

impl AvError {
    /// An allocation that libav could not make.
    pub fn no_memory(during: &'static str) -> Self {
        Self { during, code: ffi::AVERROR(libc::ENOMEM) }
    }

    /// Whether there was no memory.
    pub fn is_out_of_memory(self) -> bool {
        self.code == ffi::AVERROR(libc::ENOMEM)
    }

    /// Whether the bytes are at fault, not the machine.
    pub fn is_invalid_data(self) -> bool {
        self.code == ffi::AVERROR_INVALIDDATA
    }
}

impl From<AvError> for MediaError {
    fn from(error: AvError) -> Self {
        let code = if error.is_out_of_memory() {
            MediaErrorCode::TooMuchMemory
        } else if error.is_invalid_data() {
            MediaErrorCode::Damaged
        } else {
            MediaErrorCode::Internal
        };
        // The code is for the film's owner; what libav said is for the operator.
        log(error.to_string());
        Self::from(code)
    }
}

/// Where lines for the parent's log go.
static LOG: OnceLock<Arc<Channel>> = OnceLock::new();

/// A line for the parent's log. Where the parent is gone there is nobody to tell.
pub fn log(text: String) {
    if let Some(channel) = LOG.get() {
        let _ = channel.send(&FromChild::Log { text }, &[]);
    }
}

/// Zero or more is success in libav.
fn check(during: &'static str, code: i32) -> Result<i32, AvError> {
    if code < 0 { Err(AvError { during, code }) } else { Ok(code) }
}

/// Whether a packet is only there for the decoder: the container's edit list leaves it out.
pub fn is_discarded(packet: &Packet) -> bool {
    packet.flags().bits() & ffi::AV_PKT_FLAG_DISCARD != 0
}

/// Whether the container knows that a packet is damaged.
pub fn is_corrupt(packet: &Packet) -> bool {
    packet.flags().bits() & ffi::AV_PKT_FLAG_CORRUPT != 0
}

/// Whether a packet can't be read without a key.
pub fn is_encrypted(packet: &Packet) -> bool {
    packet.side_data().any(|data| data.kind() == ffmpeg_next::packet::side_data::Type::EncryptionInfo)
}

/// How much sound the decoder will drop from the start of this packet (encoder delay), in microseconds.
pub fn skipped_us(packet: &Packet, sample_rate_hz: u32) -> i64 {
    i64::from(skipped_samples(packet)) * 1_000_000 / i64::from(sample_rate_hz.max(1))
}

/// The same in samples.
pub fn skipped_samples(packet: &Packet) -> u32 {
    use ffmpeg_next::packet::side_data::Type;
    let skip = packet.side_data().find(|data| data.kind() == Type::SkipSamples);
    let samples: Option<[u8; 4]> = skip.and_then(|data| data.data().get(..4)?.try_into().ok());
    samples.map_or(0, u32::from_le_bytes)
}

/// Codecs that this libav can encode pictures in.
pub fn encoders() -> BTreeSet<VideoCodec> {
    VideoCodec::ALL.into_iter().filter(|codec| rung_encoder::has_encoder(*codec)).collect()
}

/// Takes libav's messages over, fixes what may depend on the CPU, looks up every encoder that a plan may ask for, and
/// returns the fingerprint. Once, before the sandbox.
///
/// # Errors
/// Where an encoder is missing.
pub fn init(channel: &Arc<Channel>) -> Result<String, MediaError> {
    talk::listen();
    LOG.get_or_init(|| Arc::clone(channel));
    fingerprint::fix_cpu_class();
    fingerprint::compute().map_err(|error| MediaError {
        code: MediaErrorCode::Internal,
        message: format!("an encoder is missing or does not work ({error})"),
    })
}

/// Forgets what libav refused while an earlier job was done in this process.
pub fn forget_refusals() {
    talk::take_tracks_refused();
    talk::take_picture_refused();
}
