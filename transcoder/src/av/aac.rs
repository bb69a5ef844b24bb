//! The AAC encoder: stereo frames of 1024 samples on a sample grid that the caller sets.

use std::ops::Deref;

use ffmpeg_next::{
    ChannelLayout, ffi,
    format::{Sample, sample::Type},
};

use super::{AudioFrame, AvError, Packet, codec::CodecContext, encoder, input::Options};
use crate::plan::{AudioRendition, audio::AAC_FRAME_SAMPLES};

/// An open encoder for one segment.
pub struct Aac {
    context: CodecContext,
    rate: u32,
}

impl Aac {
    /// An encoder for a segment of this rendition.
    ///
    /// # Errors
    /// Where libav does not take the settings.
    pub fn open(rendition: &AudioRendition) -> Result<Self, AvError> {
        let mut context = CodecContext::for_encoder("aac")?;
        let rate = i32::try_from(rendition.sample_rate_hz).unwrap_or(i32::MAX);
        // SAFETY: the context is ours and not open yet; plain fields, and a layout that owns no memory.
        unsafe {
            let context = context.as_mut_ptr();
            (*context).sample_rate = rate;
            (*context).sample_fmt = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP;
            ffi::av_channel_layout_default(&mut (*context).ch_layout, 2);
            (*context).bit_rate = i64::from(rendition.bitrate_bps);
            (*context).time_base = ffi::AVRational { num: 1, den: rate };
            (*context).thread_count = 1;
            (*context).flags |= (ffi::AV_CODEC_FLAG_GLOBAL_HEADER | ffi::AV_CODEC_FLAG_BITEXACT) as i32;
        }
        context.open(std::ptr::null(), &mut Options::new())?;
        Ok(Self { context, rate: rendition.sample_rate_hz })
    }

    /// Encodes whole frames of `left` and `right`, the first of which is sample `first_sample` of the film, and ends.
    /// A packet's `pts` is the first sample that it decodes to.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn encode(&mut self, left: &[f32], right: &[f32], first_sample: i64) -> Result<Vec<Packet>, AvError> {
        let each = AAC_FRAME_SAMPLES as usize;
        let mut packets = Vec::with_capacity(left.len() / each + 2);
        let mut pts = first_sample;
        for (left, right) in left.chunks_exact(each).zip(right.chunks_exact(each)) {
            let mut frame = AudioFrame::new(Sample::F32(Type::Planar), each, ChannelLayout::STEREO);
            frame.set_rate(self.rate);
            frame.set_pts(Some(pts));
            frame.plane_mut::<f32>(0).copy_from_slice(left);
            frame.plane_mut::<f32>(1).copy_from_slice(right);
            encoder::push(&mut self.context, Some(frame.deref()), &mut packets)?;
            pts += i64::from(AAC_FRAME_SAMPLES);
        }
        encoder::push(&mut self.context, None, &mut packets)?;
        Ok(packets)
    }

    /// The encoder's context, for the muxer to read its parameters.
    pub fn context(&mut self) -> &mut CodecContext {
        &mut self.context
    }
}
