//! The H.264 encoder: one thread, one closed GOP from its first picture, the same bytes on every CPU.

use std::ops::Deref;

use ffmpeg_next::ffi;
use mutoscope_core::media::H264Level;

use super::{AvError, Packet, VideoFrame, codec::CodecContext, encoder, fingerprint, input::Options};
use crate::plan::{OutputColour, VideoRendition};

/// Settings that are the same for every plan. A fresh encoder a segment makes its only key frame the first.
const FIXED: &str = "cpu-independent=1:scenecut=0:open-gop=0:keyint=infinite:sliced-threads=0:sync-lookahead=0";

/// An open encoder for one segment.
pub struct X264 {
    context: CodecContext,
    first: bool,
}

impl X264 {
    /// An encoder for a segment of this rung.
    ///
    /// # Errors
    /// Where libav or x264 does not take the settings.
    pub fn open(rung: &VideoRendition, colour: &OutputColour) -> Result<Self, AvError> {
        let settings = &rung.encoder;
        let mut options = Options::new();
        options.set("preset", settings.preset.as_str())?;
        options.set("profile", "high")?;
        options.set("level", &level_text(rung.level))?;
        options.set("crf", &hundredths(settings.crf_hundredths))?;
        // What `cpu-independent` promises is tested: without assembly the bytes are the same.
        let assembly = if fingerprint::is_plain_cpu() { ":asm=0" } else { "" };
        options.set("x264-params", &format!("{FIXED}{assembly}"))?;
        options.set("a53cc", "0")?;
        options.set("color_range", "tv")?;
        options.set("color_primaries", &colour.primaries)?;
        options.set("color_trc", &colour.transfer)?;
        options.set("colorspace", &colour.matrix)?;
        let mut context = CodecContext::for_encoder("libx264")?;
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
            (*context).rc_max_rate = i64::from(settings.peak_bps);
            (*context).rc_buffer_size = int(settings.buffer_bits);
            (*context).thread_count = 1;
            (*context).flags |= ffi::AV_CODEC_FLAG_GLOBAL_HEADER as i32;
        }
        context.open(std::ptr::null(), &mut options)?;
        Ok(Self { context, first: true })
    }

    /// Encodes a picture whose `pts` counts pictures; moves packets that are ready to `packets`.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn push(&mut self, picture: &VideoFrame, packets: &mut Vec<Packet>) -> Result<(), AvError> {
        self.drive(Some(picture), packets)
    }

    /// Ends the segment; the rest of its packets go to `packets`.
    ///
    /// # Errors
    /// Where the encoder fails.
    pub fn finish(&mut self, packets: &mut Vec<Packet>) -> Result<(), AvError> {
        self.drive(None, packets)
    }

    /// How many pictures it decodes ahead of the one that is shown: what reordering costs.
    pub fn reorder(&mut self) -> u32 {
        // SAFETY: a plain field of an open encoder of ours.
        let frames = unsafe { (*self.context.as_mut_ptr()).has_b_frames };
        u32::try_from(frames).unwrap_or(0)
    }

    /// The encoder's context, for the muxer to read its parameters.
    pub fn context(&mut self) -> &mut CodecContext {
        &mut self.context
    }

    fn drive(&mut self, picture: Option<&VideoFrame>, packets: &mut Vec<Packet>) -> Result<(), AvError> {
        let had = packets.len();
        encoder::push(&mut self.context, picture.map(|picture| picture.deref()), packets)?;
        for packet in &mut packets[had..] {
            if std::mem::take(&mut self.first) {
                *packet = without_user_data(packet);
            }
        }
        Ok(())
    }
}

/// x264's own note about itself is user data too, and would make bytes depend on what does not matter.
fn without_user_data(packet: &Packet) -> Packet {
    let Some(data) = packet.data() else { return packet.clone() };
    let mut clean = Packet::copy(&strip_user_data(data));
    clean.set_pts(packet.pts());
    clean.set_dts(packet.dts());
    clean.set_duration(packet.duration());
    clean.set_flags(packet.flags());
    clean
}

/// The byte stream (ISO/IEC 14496-10 annex B) without SEI of unregistered user data (nal type 6, payload type 5).
fn strip_user_data(stream: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(stream.len());
    for unit in units(stream) {
        let header = unit.iter().position(|byte| *byte == 1).map_or(0, |one| one + 1);
        let is_user_data = unit.get(header).is_some_and(|byte| byte & 0x1f == 6) && unit.get(header + 1) == Some(&5);
        if !is_user_data {
            kept.extend_from_slice(unit);
        }
    }
    kept
}

/// The stream cut before each start code.
fn units(stream: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at + 3 <= stream.len() {
        if stream[at..at + 3] == [0, 0, 1] {
            let long = at > 0 && stream[at - 1] == 0 && starts.last().is_none_or(|last| *last < at - 1);
            starts.push(if long { at - 1 } else { at });
            at += 3;
        } else {
            at += 1;
        }
    }
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts.iter().zip(ends).map(|(start, end)| &stream[*start..end]).collect()
}

/// What x264 calls itself in its note: `x264 - core 164 r3095 baee400`.
pub(super) fn note_of(stream: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stream);
    let note = &text[text.find("x264 - core")?..];
    Some(note.split(" - H.264").next().unwrap_or(note).chars().take(80).collect())
}

fn level_text(level: H264Level) -> String {
    format!("{}.{}", level.0 / 10, level.0 % 10)
}

fn hundredths(value: u32) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn int(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_data_goes_and_everything_else_stays() {
        let stream = [0, 0, 0, 1, 6, 5, 9, 9, 0x80, 0, 0, 1, 0x65, 7, 7, 0, 0, 0, 1, 6, 1, 2];
        assert_eq!(strip_user_data(&stream), [0, 0, 1, 0x65, 7, 7, 0, 0, 0, 1, 6, 1, 2]);
        assert_eq!(strip_user_data(&[1, 2, 3]), [1, 2, 3]);
        assert_eq!(strip_user_data(&[]), Vec::<u8>::new());
    }
}
