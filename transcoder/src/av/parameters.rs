//! A track's parameters: what a muxer and a decoder need to know of packets, be they encoded or carried over.

use std::ptr;

use ffmpeg_next::{codec::Parameters, ffi};
use mutoscope_core::media::PictureSize;

use super::{AvError, check, codec::CodecContext};

/// What an init segment says of its track, and no more.
pub struct TrackParameters {
    parameters: Parameters,
}

impl TrackParameters {
    /// H.264 with this `avcC` record.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn h264(record: &[u8], size: PictureSize) -> Result<Self, AvError> {
        let mut this = Self::blank(record)?;
        // SAFETY: the parameters are ours; plain fields.
        unsafe {
            let raw = this.parameters.as_mut_ptr();
            (*raw).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_VIDEO;
            (*raw).codec_id = ffi::AVCodecID::AV_CODEC_ID_H264;
            (*raw).format = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P as i32;
            (*raw).width = int(size.width);
            (*raw).height = int(size.height);
            (*raw).sample_aspect_ratio = ffi::AVRational { num: 1, den: 1 };
        }
        Ok(this)
    }

    /// AAC with this configuration (ISO/IEC 14496-3, 1.6.2.1) and mean rate.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn aac(configuration: &[u8], rate_hz: u32, channels: u32, mean_bps: u64) -> Result<Self, AvError> {
        let mut this = Self::blank(configuration)?;
        // SAFETY: the parameters are ours; plain fields, and a layout that owns no memory.
        unsafe {
            let raw = this.parameters.as_mut_ptr();
            (*raw).codec_type = ffi::AVMediaType::AVMEDIA_TYPE_AUDIO;
            (*raw).codec_id = ffi::AVCodecID::AV_CODEC_ID_AAC;
            (*raw).format = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
            (*raw).sample_rate = int(rate_hz);
            ffi::av_channel_layout_default(&mut (*raw).ch_layout, int(channels));
            (*raw).frame_size = 1_024;
            (*raw).bit_rate = i64::try_from(mean_bps).unwrap_or(0);
        }
        Ok(this)
    }

    /// What an open encoder says of its stream.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub(super) fn of_encoder(encoder: &mut CodecContext) -> Result<Self, AvError> {
        let mut parameters = Parameters::new();
        // SAFETY: the parameters are ours, and the encoder is open; the call copies from it.
        let code = unsafe {
            let target = parameters.as_mut_ptr();
            if target.is_null() {
                return Err(AvError::no_memory("allocating parameters"));
            }
            ffi::avcodec_parameters_from_context(target, encoder.as_mut_ptr())
        };
        check("copying an encoder's parameters", code)?;
        Ok(Self { parameters })
    }

    /// The size of pictures in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        // SAFETY: plain fields of parameters of ours.
        let (width, height) = unsafe { ((*self.parameters.as_ptr()).width, (*self.parameters.as_ptr()).height) };
        (u32::try_from(width).unwrap_or(0), u32::try_from(height).unwrap_or(0))
    }

    /// For handing to libav, which only reads.
    pub(super) fn as_ptr(&self) -> *const ffi::AVCodecParameters {
        // SAFETY: only hands out the address; every use says what it does with it.
        unsafe { self.parameters.as_ptr() }
    }

    /// A deep copy.
    pub(super) fn parameters(&self) -> Parameters {
        self.parameters.clone()
    }

    fn blank(configuration: &[u8]) -> Result<Self, AvError> {
        let mut parameters = Parameters::new();
        let padded = configuration.len() + ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize;
        // SAFETY: the parameters are ours and own the buffer from here on, which is zeroed, long enough, and of
        // libav's own allocator, as it is libav that frees it.
        unsafe {
            let raw = parameters.as_mut_ptr();
            if raw.is_null() {
                return Err(AvError::no_memory("allocating parameters"));
            }
            let buffer = ffi::av_mallocz(padded).cast::<u8>();
            if buffer.is_null() {
                return Err(AvError::no_memory("allocating parameters"));
            }
            ptr::copy_nonoverlapping(configuration.as_ptr(), buffer, configuration.len());
            (*raw).extradata = buffer;
            (*raw).extradata_size = i32::try_from(configuration.len()).unwrap_or(0);
        }
        Ok(Self { parameters })
    }
}

fn int(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
