//! One segment's encoder of pictures, whatever its codec: fresh, one key frame at its first picture, fixed settings.

use std::ops::Deref;

use ffmpeg_next::ffi;
use mutoscope_core::media::VideoCodec;

use super::{
    AvError, Packet, Step, VideoFrame, codec::CodecContext, encoder, input::Options, parameters::TrackParameters,
    svt_av1, x264, x265,
};
use crate::plan::{OutputColour, VideoRendition};

/// An open encoder for one segment.
pub struct RungEncoder {
    context: CodecContext,
    codec: VideoCodec,
    first: bool,
}

/// Whether this libav has an encoder for the codec.
pub fn has_encoder(codec: VideoCodec) -> bool {
    ffmpeg_next::encoder::find_by_name(name(codec)).is_some()
}

fn name(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::H264 => "libx264",
        VideoCodec::Hevc => "libx265",
        VideoCodec::Av1 => "libsvtav1",
    }
}

impl RungEncoder {
    /// An encoder for a segment of this rung.
    ///
    /// # Errors
    /// Where libav or the encoder does not take the settings.
    pub fn open(rung: &VideoRendition, colour: &OutputColour) -> Result<Self, AvError> {
        let mut options: Options = match rung.codec {
            VideoCodec::H264 => x264::options(rung),
            VideoCodec::Hevc => x265::options(rung),
            VideoCodec::Av1 => svt_av1::options(rung),
        }?;
        options.set("color_range", "tv")?;
        options.set("color_primaries", &colour.primaries)?;
        options.set("color_trc", &colour.transfer)?;
        options.set("colorspace", &colour.matrix)?;
        let mut context = CodecContext::for_encoder(name(rung.codec))?;
        let (rate_num, rate_den) = (int(rung.frame_rate.num()), int(rung.frame_rate.den()));
        // SAFETY: the context is ours and not open yet; plain fields.
        unsafe {
            let context = context.as_mut_ptr();
            (*context).width = int(rung.rung.size.width);
            (*context).height = int(rung.rung.size.height);
            (*context).pix_fmt = ffi::AVPixelFormat::AV_PIX_FMT_YUV420P;
            (*context).time_base = ffi::AVRational { num: rate_den, den: rate_num };
            (*context).framerate = ffi::AVRational { num: rate_num, den: rate_den };
            (*context).sample_aspect_ratio = ffi::AVRational { num: 1, den: 1 };
            (*context).thread_count = 1;
            // A setting that the encoder does not know is an error.
            (*context).err_recognition = ffi::AV_EF_EXPLODE;
            (*context).flags |= ffi::AV_CODEC_FLAG_GLOBAL_HEADER as i32;
        }
        context.open(std::ptr::null(), &mut options)?;
        Ok(Self { context, codec: rung.codec, first: true })
    }

    /// Encodes a picture whose `pts` counts pictures; moves packets that are ready to `packets`.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn push(&mut self, picture: &VideoFrame, packets: &mut Vec<Packet>) -> Result<(), AvError> {
        let had = packets.len();
        encoder::push(&mut self.context, Some(picture.deref()), packets)?;
        self.clean(&mut packets[had..]);
        Ok(())
    }

    /// Ends the segment: the next of its packets that were held back; `None` after the last one.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn finish_one(&mut self) -> Result<Option<Packet>, AvError> {
        loop {
            match self.context.receive_packet()? {
                Step::Output(packet) => {
                    let mut packet = [packet];
                    self.clean(&mut packet);
                    let [packet] = packet;
                    return Ok(Some(packet));
                }
                Step::Drained => return Ok(None),
                // It does not know yet that there is nothing more.
                Step::NeedInput => self.context.send_frame(None)?,
            };
        }
    }

    /// How many pictures it decodes ahead of the one that is shown: what reordering costs.
    pub fn reorder(&mut self) -> u32 {
        // SAFETY: a plain field of an open encoder of ours.
        let frames = unsafe { (*self.context.as_mut_ptr()).has_b_frames };
        match self.codec {
            VideoCodec::H264 => u32::try_from(frames).unwrap_or(0),
            VideoCodec::Hevc => x265::REORDER,
            // A temporal unit shows its picture when it is decoded.
            VideoCodec::Av1 => 0,
        }
    }

    /// Closes the encoder, whose memory the checks need not wait for; what it made is described by this.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn close(mut self) -> Result<TrackParameters, AvError> {
        TrackParameters::of_encoder(&mut self.context)
    }

    fn clean(&mut self, packets: &mut [Packet]) {
        if self.codec != VideoCodec::H264 {
            return;
        }
        for packet in packets {
            if std::mem::take(&mut self.first) {
                *packet = x264::without_user_data(packet);
            }
        }
    }
}

/// A number with two digits after the point.
pub(super) fn hundredths(value: u32) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn int(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}
