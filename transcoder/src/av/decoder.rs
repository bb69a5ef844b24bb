//! Decoders of pictures and of sound.

use std::ops::DerefMut;

use ffmpeg_next::ffi;

use super::{AudioFrame, AvError, Packet, Step, VideoFrame, codec::CodecContext, input::Input, input::Options, lists};
use crate::{
    error::{MediaError, MediaErrorCode},
    limits::Limits,
};

/// A decoder of one stream.
pub struct Decoder {
    context: CodecContext,
}

impl Decoder {
    /// A decoder for a stream of the container, where it is on the list.
    ///
    /// # Errors
    /// [`MediaErrorCode::UnsupportedCodec`] where there is none or it is not on the list.
    pub fn open(input: &Input, stream: u32, limits: &Limits, threads: u32) -> Result<Self, MediaError> {
        Ok(DecoderTemplate::new(input, stream, limits)?.open(threads)?)
    }

    /// Takes a packet, or the end of the stream. `false` where frames must be received first.
    ///
    /// # Errors
    /// Where the packet is damaged; decoding may go on with the next.
    pub fn send(&mut self, packet: Option<&mut Packet>) -> Result<bool, AvError> {
        self.context.send_packet(packet)
    }

    /// The next picture.
    ///
    /// # Errors
    /// Where it is damaged; decoding may go on.
    pub fn receive_picture(&mut self) -> Result<Step<VideoFrame>, AvError> {
        let mut frame = VideoFrame::empty();
        Ok(with(self.context.receive_frame(frame.deref_mut())?, frame))
    }

    /// The next piece of sound.
    ///
    /// # Errors
    /// Where it is damaged; decoding may go on.
    pub fn receive_sound(&mut self) -> Result<Step<AudioFrame>, AvError> {
        let mut frame = AudioFrame::empty();
        Ok(with(self.context.receive_frame(frame.deref_mut())?, frame))
    }
}

fn with<T>(step: Step<()>, frame: T) -> Step<T> {
    match step {
        Step::Output(()) => Step::Output(frame),
        Step::NeedInput => Step::NeedInput,
        Step::Drained => Step::Drained,
    }
}

/// What it takes to open a stream's decoder again and again, away from its container.
pub struct DecoderTemplate {
    parameters: ffmpeg_next::codec::Parameters,
    time_base: ffmpeg_next::Rational,
    codec: ffmpeg_next::Codec,
    picture_pixels: u64,
    list: &'static str,
}

impl DecoderTemplate {
    /// Copies a stream's parameters.
    ///
    /// # Errors
    /// As [`Decoder::open`].
    pub fn new(input: &Input, stream: u32, limits: &Limits) -> Result<Self, MediaError> {
        Self::of(input, stream, limits, lists::DECODERS, lists::allows_decoder)
    }

    /// The same, for the picture that is attached to sound.
    ///
    /// # Errors
    /// As [`Decoder::open`].
    pub fn of_cover(input: &Input, stream: u32, limits: &Limits) -> Result<Self, MediaError> {
        Self::of(input, stream, limits, lists::COVER_DECODERS, lists::allows_cover_decoder)
    }

    fn of(
        input: &Input,
        stream: u32,
        limits: &Limits,
        list: &'static str,
        allows: fn(&str) -> bool,
    ) -> Result<Self, MediaError> {
        let unsupported = || MediaError::from(MediaErrorCode::UnsupportedCodec);
        let stream = usize::try_from(stream).ok().and_then(|index| input.context().stream(index));
        let stream = stream.ok_or(MediaErrorCode::PlanUnusable)?;
        let codec = ffmpeg_next::decoder::find(stream.parameters().id()).ok_or_else(unsupported)?;
        if !allows(codec.name()) {
            return Err(unsupported());
        }
        Ok(Self {
            // A deep copy that does not keep the container.
            parameters: stream.parameters().clone(),
            time_base: stream.time_base(),
            codec,
            picture_pixels: limits.picture_pixels(),
            list,
        })
    }

    /// A fresh decoder.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(&self, threads: u32) -> Result<Decoder, AvError> {
        Ok(Decoder { context: self.open_context(threads)? })
    }

    /// The same, for decoders of another kind.
    pub(super) fn open_context(&self, threads: u32) -> Result<CodecContext, AvError> {
        let mut context = CodecContext::for_stream(self.parameters.clone())?;
        let mut options = Options::new();
        options.set("max_pixels", &self.picture_pixels.to_string())?;
        options.set("codec_whitelist", self.list)?;
        // SAFETY: the context is ours and not open yet; plain fields.
        unsafe {
            let context = context.as_mut_ptr();
            (*context).pkt_timebase = self.time_base.into();
            (*context).thread_count = i32::try_from(threads).unwrap_or(1);
            (*context).flags |= ffi::AV_CODEC_FLAG_BITEXACT as i32;
        }
        // SAFETY: libav's own description of the decoder, static.
        let codec = unsafe { self.codec.as_ptr() };
        context.open(codec, &mut options).map_err(|error| {
            // Whatever a decoder calls it, it is its stream's own description that it does not open with.
            let code = if error.is_out_of_memory() { error.code } else { ffi::AVERROR_INVALIDDATA };
            AvError { during: "opening a decoder", code }
        })?;
        Ok(context)
    }
}
