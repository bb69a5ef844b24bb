//! Decoders of subtitles that are text.

use std::ffi::CStr;

use ffmpeg_next::ffi;

use super::{AvError, Packet, check, decoder::DecoderTemplate, input::packet_mut};
use crate::av::codec::CodecContext;

/// Longest event line that is looked at.
const LONGEST_EVENT: usize = 64 << 10;

/// A decoder of one stream.
pub struct TextDecoder {
    context: CodecContext,
}

/// Words that are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedText {
    /// Microseconds on the container's timeline.
    pub start_us: i64,
    /// `None` where only what follows tells.
    pub length_us: Option<i64>,
    /// Event lines of ASS: eight fields and the text, joined by commas.
    pub events: Vec<String>,
}

impl TextDecoder {
    /// A decoder by what is known of its stream.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(template: &DecoderTemplate) -> Result<Self, AvError> {
        Ok(Self { context: template.open_context(1)? })
    }

    /// Gives a packet, or an empty one at the stream's end, and returns what is complete by then.
    ///
    /// # Errors
    /// Where the packet is damaged, or its text is no UTF-8; decoding may go on with the next.
    pub fn decode(&mut self, packet: &mut Packet) -> Result<Option<DecodedText>, AvError> {
        // SAFETY: all zero is a valid blank structure, which the call fills and which is freed below.
        let mut subtitle: ffi::AVSubtitle = unsafe { std::mem::zeroed() };
        let mut is_there = 0;
        // SAFETY: the context is an open decoder of ours; the packet is valid and outlives the call.
        let code = unsafe {
            ffi::avcodec_decode_subtitle2(self.context.as_mut_ptr(), &mut subtitle, &mut is_there, packet_mut(packet))
        };
        let decoded = check("decoding text", code).map(|_| (is_there != 0).then(|| read(&subtitle)).flatten());
        // SAFETY: what the call allocated, nothing of which is used any more.
        unsafe { ffi::avsubtitle_free(&mut subtitle) };
        decoded
    }
}

fn read(subtitle: &ffi::AVSubtitle) -> Option<DecodedText> {
    if subtitle.pts == ffi::AV_NOPTS_VALUE {
        return None;
    }
    let us = |ms: u32| i64::from(ms) * 1_000;
    let length_us = match subtitle.end_display_time {
        0 | u32::MAX => None,
        end => Some(us(end.saturating_sub(subtitle.start_display_time))),
    };
    let mut events = Vec::new();
    for at in 0..usize::try_from(subtitle.num_rects).unwrap_or(0) {
        // SAFETY: there are as many rectangles as the field says, each valid; a line of ASS is null or ends in zero,
        // and is copied here.
        unsafe {
            let rect = *subtitle.rects.add(at);
            if (*rect).type_ == ffi::AVSubtitleType::SUBTITLE_ASS && !(*rect).ass.is_null() {
                let event = CStr::from_ptr((*rect).ass).to_bytes();
                events.push(String::from_utf8_lossy(&event[..event.len().min(LONGEST_EVENT)]).into_owned());
            }
        }
    }
    Some(DecodedText { start_us: subtitle.pts.saturating_add(us(subtitle.start_display_time)), length_us, events })
}
