//! The AAC encoder: stereo or 5.1 frames of 1024 samples on a sample grid that the caller sets.

use std::ops::Deref;

use ffmpeg_next::ffi;

use super::{
    AudioFrame, AvError, Packet, check, codec::CodecContext, encoder, input::Options, parameters::TrackParameters,
    resampler::SoundLayout,
};
use crate::plan::{AudioRendition, audio::AAC_FRAME_SAMPLES};

/// An open encoder for one segment.
pub struct Aac {
    context: CodecContext,
    rate: u32,
    layout: SoundLayout,
}

impl Aac {
    /// An encoder for a segment of this rendition.
    ///
    /// # Errors
    /// Where libav does not take the settings.
    pub fn open(rendition: &AudioRendition) -> Result<Self, AvError> {
        let mut context = CodecContext::for_encoder("aac")?;
        let rate = i32::try_from(rendition.sample_rate_hz).unwrap_or(i32::MAX);
        let layout = SoundLayout::of(rendition.channels);
        // SAFETY: the context is ours and not open yet; plain fields, and a layout that owns no memory.
        unsafe {
            let context = context.as_mut_ptr();
            (*context).sample_rate = rate;
            (*context).sample_fmt = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP;
            (*context).ch_layout = layout.to_libav();
            (*context).bit_rate = i64::from(rendition.bitrate_bps);
            (*context).time_base = ffi::AVRational { num: 1, den: rate };
            (*context).thread_count = 1;
            (*context).flags |= (ffi::AV_CODEC_FLAG_GLOBAL_HEADER | ffi::AV_CODEC_FLAG_BITEXACT) as i32;
        }
        context.open(std::ptr::null(), &mut Options::new())?;
        Ok(Self { context, rate: rendition.sample_rate_hz, layout })
    }

    /// Encodes whole frames of these channels, the first of which is sample `first_sample` of the film, and ends.
    /// A packet's `pts` is the first sample that it decodes to.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn encode(&mut self, channels: &[Vec<f32>], first_sample: i64) -> Result<Vec<Packet>, AvError> {
        let each = AAC_FRAME_SAMPLES as usize;
        let frames = channels.first().map_or(0, Vec::len) / each;
        let mut packets = Vec::with_capacity(frames + 2);
        let mut pts = first_sample;
        for number in 0..frames {
            let mut frame = self.blank_frame()?;
            frame.set_pts(Some(pts));
            for (plane, channel) in channels.iter().enumerate() {
                frame.plane_mut::<f32>(plane).copy_from_slice(&channel[number * each..(number + 1) * each]);
            }
            encoder::push(&mut self.context, Some(frame.deref()), &mut packets)?;
            pts += i64::from(AAC_FRAME_SAMPLES);
        }
        encoder::push(&mut self.context, None, &mut packets)?;
        Ok(packets)
    }

    /// A frame with room for its samples.
    fn blank_frame(&self) -> Result<AudioFrame, AvError> {
        let mut frame = AudioFrame::empty();
        // SAFETY: the frame is blank and ours; plain fields, and a layout that owns no memory; then it is given buffers
        // for what the fields say.
        unsafe {
            let raw = frame.as_mut_ptr();
            (*raw).format = ffi::AVSampleFormat::AV_SAMPLE_FMT_FLTP as i32;
            (*raw).nb_samples = i32::try_from(AAC_FRAME_SAMPLES).unwrap_or(0);
            (*raw).ch_layout = self.layout.to_libav();
            (*raw).sample_rate = i32::try_from(self.rate).unwrap_or(0);
            check("allocating a frame", ffi::av_frame_get_buffer(raw, 0))?;
        }
        Ok(frame)
    }

    /// Closes the encoder; what it made is described by this.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn close(mut self) -> Result<TrackParameters, AvError> {
        TrackParameters::of_encoder(&mut self.context)
    }
}
