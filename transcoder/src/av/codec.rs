//! A codec context that is freed when dropped: what decoders and encoders share.

use ffmpeg_next::{Error, Packet, ffi, frame::Frame};

use super::{AvError, Step, check, input::Options, input::packet_mut};

/// An `AVCodecContext` of ours. Moves by value from thread to thread, never shared.
pub struct CodecContext {
    context: ffmpeg_next::codec::Context,
}

impl CodecContext {
    /// An unopened context for an encoder of this name.
    ///
    /// # Errors
    /// Where libav was built without it.
    pub fn for_encoder(name: &'static str) -> Result<Self, AvError> {
        let missing = AvError { during: "looking up an encoder", code: ffi::AVERROR_ENCODER_NOT_FOUND };
        let codec = ffmpeg_next::encoder::find_by_name(name).ok_or(missing)?;
        let mut this = Self { context: ffmpeg_next::codec::Context::new_with_codec(codec) };
        if this.as_mut_ptr().is_null() { Err(AvError::no_memory("allocating an encoder")) } else { Ok(this) }
    }

    /// An unopened context for a stream's decoder.
    ///
    /// # Errors
    /// Where the parameters cannot be copied.
    pub fn for_stream(parameters: ffmpeg_next::codec::Parameters) -> Result<Self, AvError> {
        let context = ffmpeg_next::codec::Context::from_parameters(parameters)
            .map_err(|error| AvError { during: "copying a stream's parameters", code: error.into() })?;
        Ok(Self { context })
    }

    /// An open decoder of one thread or several, by parameters alone. `prepare` sets further fields before it opens.
    ///
    /// # Errors
    /// Where there is no decoder for them or it does not open.
    pub(super) fn open_decoder(
        parameters: ffmpeg_next::codec::Parameters,
        threads: u32,
        prepare: impl FnOnce(&mut Self),
    ) -> Result<Self, AvError> {
        let none = AvError { during: "looking up a decoder", code: ffi::AVERROR_DECODER_NOT_FOUND };
        let codec = ffmpeg_next::decoder::find(parameters.id()).ok_or(none)?;
        let mut this = Self::for_stream(parameters)?;
        // SAFETY: the context is ours and not open yet; a plain field.
        unsafe { (*this.as_mut_ptr()).thread_count = i32::try_from(threads.max(1)).unwrap_or(1) };
        prepare(&mut this);
        // SAFETY: libav's own description of the decoder, static.
        let codec = unsafe { codec.as_ptr() };
        this.open(codec, &mut Options::new())?;
        Ok(this)
    }

    /// The context, for setting and reading fields.
    pub(super) fn as_mut_ptr(&mut self) -> *mut ffi::AVCodecContext {
        // SAFETY: only hands out the address; every use says what it does with it.
        unsafe { self.context.as_mut_ptr() }
    }

    /// Opens it with these options, each of which must be known.
    pub(super) fn open(&mut self, codec: *const ffi::AVCodec, options: &mut Options) -> Result<(), AvError> {
        // SAFETY: the context is ours and not open; `codec` is null (the one it was made for) or one of libav's own
        // static descriptions; the dictionary is ours.
        let code = unsafe { ffi::avcodec_open2(self.as_mut_ptr(), codec, &mut options.dictionary) };
        check("opening a codec", code)?;
        options.assert_taken("opening a codec with an unknown option")
    }

    /// Decoder: takes a packet, or the end of the stream. `false` where output must be received first.
    pub(super) fn send_packet(&mut self, packet: Option<&mut Packet>) -> Result<bool, AvError> {
        let packet = packet.map_or(std::ptr::null_mut(), packet_mut);
        // SAFETY: the context is an open decoder of ours; the packet, where there is one, outlives the call, which
        // takes references of its own.
        let code = unsafe { ffi::avcodec_send_packet(self.as_mut_ptr(), packet) };
        sent("decoding", code)
    }

    /// Decoder: the next frame, into `frame`, which is cleared first.
    pub(super) fn receive_frame(&mut self, frame: &mut Frame) -> Result<Step<()>, AvError> {
        // SAFETY: the context is an open decoder of ours; the frame is valid and becomes the owner of a reference.
        let code = unsafe { ffi::avcodec_receive_frame(self.as_mut_ptr(), frame.as_mut_ptr()) };
        received("decoding", code)
    }

    /// Encoder: takes a frame, or the end. `false` where output must be received first.
    pub(super) fn send_frame(&mut self, frame: Option<&Frame>) -> Result<bool, AvError> {
        // SAFETY: only reads the address; libav does not write to the frame and takes references of its own.
        let frame = frame.map_or(std::ptr::null(), |frame| unsafe { frame.as_ptr() });
        // SAFETY: the context is an open encoder of ours; the frame outlives the call.
        let code = unsafe { ffi::avcodec_send_frame(self.as_mut_ptr(), frame) };
        sent("encoding", code)
    }

    /// Encoder: the next packet.
    pub(super) fn receive_packet(&mut self) -> Result<Step<Packet>, AvError> {
        let mut packet = Packet::empty();
        // SAFETY: the context is an open encoder of ours; the packet is blank and becomes the owner of its bytes.
        let code = unsafe { ffi::avcodec_receive_packet(self.as_mut_ptr(), packet_mut(&mut packet)) };
        Ok(match received("encoding", code)? {
            Step::Output(()) => Step::Output(packet),
            Step::NeedInput => Step::NeedInput,
            Step::Drained => Step::Drained,
        })
    }
}

fn sent(during: &'static str, code: i32) -> Result<bool, AvError> {
    if code == ffi::AVERROR(libc::EAGAIN) { Ok(false) } else { check(during, code).map(|_| true) }
}

fn received(during: &'static str, code: i32) -> Result<Step<()>, AvError> {
    match Error::from(code) {
        _ if code >= 0 => Ok(Step::Output(())),
        Error::Eof => Ok(Step::Drained),
        Error::Other { errno: libc::EAGAIN } => Ok(Step::NeedInput),
        _ => Err(AvError { during, code }),
    }
}
